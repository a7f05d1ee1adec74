package kernel

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// labels compares the labels of new objects, of members of polyinstantiated ones
// and of ones to be relabelled with /sys/fs/selinux/create, member and relabel.
func (o *oracles) labels(t *testing.T, vm *VM, a *asker, n int, c *counts) {
	l := newLabeller(a)
	d := access.NewDecider(a.p)
	for _, file := range []string{"create", "member", "relabel"} {
		queries := make([]labelQuery, n)
		questions := make([]string, n)
		for i := range queries {
			queries[i] = l.next(file)
			questions[i] = queries[i].text(a.p)
		}
		start := time.Now()
		answers, err := vm.Ask(file, questions)
		if err != nil {
			t.Fatal(err)
		}
		o.labelling += time.Since(start)
		for i := range queries {
			q := &queries[i]
			got, err := q.model(d, file)
			text := a.p.FormatContext(got)
			if errors.Is(err, access.ErrNoLabel) {
				text = "!22" // EINVAL
			}
			if c.labels.Add(1); got.Type != q.Source.Type && got.Type != q.Target.Type {
				o.moved++
			}
			if text != answers[i] {
				o.differ(t, file, questions[i], text, answers[i])
			}
		}
	}
}

// A labelQuery asks for the label of an object; Name is "" where it has none.
type labelQuery struct {
	Query
	Name string
}

func (q *labelQuery) text(p *policy.Policy) string {
	text := q.Query.Text(p)
	if q.Name != "" {
		text += " " + percent(q.Name)
	}
	return text
}

func (q *labelQuery) model(d *access.Decider, file string) (policy.Context, error) {
	class := d.Policy().ClassName(q.Class)
	switch file {
	case "member":
		return d.Member(q.Source, q.Target, class)
	case "relabel":
		return d.Change(q.Source, q.Target, class)
	}
	return d.NewObject(q.Source, q.Target, class, q.Name)
}

// percent writes a name as the file create takes it: without blanks.
func percent(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if c == '%' || c == '+' || c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// A labeller makes questions about labels, three in four of them such that a
// rule is about.
type labeller struct {
	*asker
	types  []policy.Rule
	names  []policydb.FilenameTrans
	ranges []policydb.RangeTransition
	roles  []policydb.RoleTransition
}

func newLabeller(a *asker) *labeller {
	return &labeller{asker: a, types: slices.Collect(a.p.Rules(policy.RuleFilter{Kinds: policy.TypeRules})),
		names: slices.Collect(a.p.FilenameTransitions()), ranges: a.p.DB().RangeTrans, roles: a.p.DB().RoleTransitions}
}

func (l *labeller) next(file string) labelQuery {
	kinds := map[string]policy.RuleKind{"create": policy.TypeTransition, "member": policy.TypeMember,
		"relabel": policy.TypeChange}
	for {
		source, target := pick(l.rng, l.asker.types), pick(l.rng, l.asker.types)
		q := labelQuery{Query: Query{Class: pick(l.rng, l.classes)}}
		role := uint32(0)
		switch l.rng.IntN(8) {
		case 0, 1, 2:
			r := pick(l.rng, l.types)
			if r.Kind != kinds[file] && l.rng.IntN(4) > 0 {
				continue
			}
			source, target, q.Class = r.Source, r.Target, r.Class
		case 3:
			if len(l.ranges) > 0 {
				rt := pick(l.rng, l.ranges)
				source, target, q.Class = policy.TypeID(rt.Source), policy.TypeID(rt.Target), policy.ClassID(rt.Class)
			}
		case 4:
			if len(l.roles) > 0 {
				rt := pick(l.rng, l.roles)
				role, target, q.Class = rt.Role, policy.TypeID(rt.Type), policy.ClassID(rt.Class)
			}
		case 5, 6:
			if file != "create" || len(l.names) == 0 {
				continue
			}
			ft := pick(l.rng, l.names)
			sources := slices.Collect(ft.AllSources())
			source, target, q.Class = policy.TypeID(pick(l.rng, sources)), policy.TypeID(ft.Target),
				policy.ClassID(ft.Class)
			q.Name = ft.Name
		}
		if q.Name != "" && l.rng.IntN(8) == 0 {
			q.Name += "x"
		}
		s, ok1 := l.context(source)
		o, ok2 := l.context(target)
		if role != 0 {
			s.Role = role
			ok1 = l.p.ValidateContext(s) == nil
		}
		if ok1 && ok2 {
			q.Source, q.Target = s, o
			return q
		}
	}
}
