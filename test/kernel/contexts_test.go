package kernel

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/policy"
)

// contexts compares which contexts are valid, and how they are written, with
// /sys/fs/selinux/context.
func (o *oracles) contexts(t *testing.T, vm *VM, a *asker, n int, c *counts) {
	questions := make([]string, n)
	for i := range questions {
		questions[i] = contextText(a)
	}
	start := time.Now()
	answers, err := vm.Ask("context", questions)
	if err != nil {
		t.Fatal(err)
	}
	o.parsing += time.Since(start)
	for i, question := range questions {
		got := "!22" // EINVAL
		if parsed, err := a.p.ParseContext(question); err == nil {
			got = a.p.FormatContext(parsed)
			o.valid++
		} else {
			o.invalid++
		}
		if c.contexts.Add(1); got != answers[i] {
			o.differ(t, "context", question, got, answers[i])
		}
	}
}

// contextText returns a context as somebody may write it: with aliases, levels in
// other words, parts that may not be combined, names that do not exist, and
// characters too many or too few.
func contextText(a *asker) string {
	rng, p := a.rng, a.p
	c := a.anyContext(pick(rng, a.types))
	if rng.IntN(8) == 0 {
		c.Role = uint32(pick(rng, slices.Collect(p.Roles())))
	}
	user, role, typ, levels := p.UserName(policy.UserID(c.User)), p.RoleName(policy.RoleID(c.Role)),
		p.TypeName(policy.TypeID(c.Type)), ""
	if aliases := slices.Collect(p.Aliases(policy.TypeID(c.Type))); len(aliases) > 0 && rng.IntN(2) == 0 {
		typ = pick(rng, aliases)
	}
	switch rng.IntN(24) {
	case 0:
		typ = p.TypeName(pick(rng, slices.Collect(p.AllAttributes())))
	case 1:
		user += "x"
	case 2:
		role = ""
	case 3:
		typ = strings.ToUpper(typ)
	}
	if p.MLS() {
		levels = levelText(a, c.Range)
	}
	text := user + ":" + role + ":" + typ
	if levels != "" && rng.IntN(16) > 0 || rng.IntN(16) == 0 {
		text += ":" + levels
	}
	if rng.IntN(12) == 0 {
		at := rng.IntN(len(text) + 1)
		text = text[:at] + pick(rng, []string{":", "-", ",", ".", " ", "c1", "s0", "\xff"}) + text[at:]
	}
	if rng.IntN(16) == 0 {
		at := rng.IntN(len(text))
		text = text[:at] + text[at+1:]
	}
	return text
}

// levelText writes a range in words of its own.
func levelText(a *asker, r policy.Range) string {
	text := oneLevel(a, r.Low)
	if !policy.SameLevel(r.Low, r.High) || a.rng.IntN(4) == 0 {
		text += "-" + oneLevel(a, r.High)
	}
	return text
}

func oneLevel(a *asker, l policy.Level) string {
	rng, p := a.rng, a.p
	text := p.SensitivityName(policy.SensID(l.Sens))
	if aliases := slices.Collect(p.SensitivityAliases(policy.SensID(l.Sens))); len(aliases) > 0 && rng.IntN(2) == 0 {
		text = pick(rng, aliases)
	}
	if rng.IntN(2) == 0 || l.Cats.IsEmpty() {
		canonical := p.FormatLevel(l)
		_, cats, _ := strings.Cut(canonical, ":")
		if cats == "" {
			return text
		}
		return text + ":" + cats
	}
	// One by one, in any order, some of them twice, some as the end of a span.
	var cats []string
	for bit := range l.Cats.All() {
		if len(cats) > 20 {
			break
		}
		name := p.CategoryName(policy.CatID(bit + 1))
		if aliases := slices.Collect(p.CategoryAliases(policy.CatID(bit + 1))); len(aliases) > 0 && rng.IntN(2) == 0 {
			name = pick(rng, aliases)
		}
		cats = append(cats, name)
		if rng.IntN(8) == 0 {
			cats = append(cats, name)
		}
		if rng.IntN(16) == 0 {
			cats = append(cats, name+"."+pick(rng, cats))
		}
	}
	rng.Shuffle(len(cats), func(i, j int) { cats[i], cats[j] = cats[j], cats[i] })
	return text + ":" + strings.Join(cats, ",")
}
