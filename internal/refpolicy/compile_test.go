package refpolicy

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/policy"
)

// TestCompiled: a module that calls one interface is, byte for byte, what m4 and
// checkmodule make of it, for those that compile: a part in the usual run, all in
// a long one.
func TestCompiled(t *testing.T) {
	testenv.Need(t, "m4", "checkmodule")
	compiled(t, openHeaders(t), testenv.Rounds(150, 1), definedBy(testpolicy.Debian(t, "default")))
}

// A definitions has the names that a policy defines, by the words that require them: type, attribute, role,
// attribute_role, bool.
type definitions map[string]map[string]bool

func (d definitions) add(kind, name string) {
	if d[kind] == nil {
		d[kind] = map[string]bool{}
	}
	d[kind][name] = true
}

// requirement returns a block that requires a name, "" if the policy does not define it.
func (d definitions) requirement(name string, kinds ...string) string {
	for _, kind := range kinds {
		if d[kind][name] {
			return "require { " + kind + " " + name + "; }\n"
		}
	}
	return ""
}

// definedBy returns the names of a binary policy, which knows no attributes of roles.
func definedBy(p *policy.Policy) definitions {
	d := definitions{}
	for id := policy.TypeID(1); id <= p.MaxType(); id++ {
		if p.IsAttribute(id) {
			d.add("attribute", p.TypeName(id))
			continue
		}
		d.add("type", p.TypeName(id))
		for alias := range p.Aliases(id) {
			d.add("type", alias)
		}
	}
	for id := range p.Roles() {
		d.add("role", p.RoleName(id))
	}
	for id := range p.Bools() {
		d.add("bool", p.BoolName(id))
	}
	return d
}

// A callModule is a module that calls one definition.
type callModule struct {
	def int
	// args are types at first. Where checkmodule says that one has to be something else, it becomes that.
	args     [4]string
	declared [4]string
	requires string // of names that the definition uses and does not require
	changed  int
}

func newCallModule(def int) *callModule {
	return &callModule{def: def, args: [4]string{"one_t", "two_t", "three_t", "four_t"},
		declared: [4]string{"type one_t;", "type two_t;", "type three_t;", "type four_t;"}}
}

func (m *callModule) text(h *Headers) string {
	return "policy_module(senet_one, 1.0)\n" + m.requires + strings.Join(m.declared[:], "\n") + "\n" +
		h.Defs[m.def].Name + "(" + strings.Join(m.args[:], ", ") + ")\n"
}

// complaints are the messages of checkmodule that say what a module lacks.
type complaints struct{ role, level, class, syntax, permission, name *regexp.Regexp }

func newComplaints() complaints {
	return complaints{role: regexp.MustCompile(`unknown role (\S+?)['" ]`),
		level:      regexp.MustCompile(`unknown (?:level|sensitivity) (\S+?)['" ]`),
		class:      regexp.MustCompile(`unknown class (\S+?)['" ]`),
		syntax:     regexp.MustCompile(`'syntax error' at token '(\S+)'`),
		permission: regexp.MustCompile(`permission (\S+) is not defined`),
		name:       regexp.MustCompile(`unknown (type|attribute|boolean|role)[a-z ]* (\S+?)['" ]`)}
}

// mend changes a module as checkmodule's message asks for, and reports whether it did.
func (m *callModule) mend(c complaints, message string, d definitions) bool {
	if m.changed++; m.changed > 12 {
		return false
	}
	become := func(re *regexp.Regexp, with func(name string) (arg, declared string)) bool {
		found := re.FindStringSubmatch(message)
		if found == nil {
			return false
		}
		at := slices.Index(m.args[:], strings.Trim(found[1], `"`))
		if at < 0 || !strings.HasSuffix(m.args[at], "_t") && !strings.HasSuffix(m.args[at], "_r") {
			return false
		}
		m.args[at], m.declared[at] = with(strings.TrimSuffix(strings.TrimSuffix(m.args[at], "_t"), "_r"))
		return true
	}
	switch {
	case become(c.role, func(name string) (string, string) { return name + "_r", "role " + name + "_r;" }),
		become(c.level, func(string) (string, string) { return "s0", "" }),
		become(c.class, func(string) (string, string) { return "file", "" }),
		become(c.syntax, func(name string) (string, string) { return `"` + name + `"`, "" }):
		return true
	}
	if found := c.name.FindStringSubmatch(message); found != nil {
		kind, name := found[1], strings.Trim(found[2], `'"`)
		r := d.requirement(name, "type", "attribute", "role", "attribute_role", "bool")
		if slices.ContainsFunc(m.args[:], func(arg string) bool { return strings.HasPrefix(name, arg+"_") }) {
			r = kind + " " + name + ";\n" // a template calls it so after its argument
		}
		if r != "" && !strings.Contains(m.requires, r) {
			m.requires += r
			return true
		}
	}
	return false
}

// A compilation counts what became of modules with one call each.
type compilation struct {
	alone, mended, refused int
	reasons                map[string][]string // calls that are refused, by the reason
}

func compiled(t *testing.T, h *Headers, each int, d definitions) {
	t.Helper()
	c, says := newChain(t, h), newComplaints()
	sum := compilation{reasons: map[string][]string{}}
	var open []*callModule
	for i := 0; i < len(h.Defs); i += each {
		open = append(open, newCallModule(i))
	}
	all := len(open)
	for len(open) > 0 {
		const marker, most = "senet_mark\n", 500 // each expands to 30 KB
		now := open[:min(len(open), most)]
		next := slices.Clone(open[len(now):])
		var source strings.Builder
		for _, m := range now {
			source.WriteString(marker + m.text(h))
		}
		theirs := strings.Split(c.expand(source.String()), marker)[1:]
		for i, m := range now {
			message := compare(t, h, m, theirs[i])
			switch {
			case message == "" && m.changed == 0:
				sum.alone++
			case message == "":
				sum.mended++
			case m.mend(says, message, d):
				next = append(next, m)
			default:
				sum.refused++
				why := reason(message)
				sum.reasons[why] = append(sum.reasons[why], h.Defs[m.def].Name)
			}
		}
		open = next
	}
	t.Logf("%d definitions: %d compile alone, %d more with arguments of other kinds and the policy's definitions, "+
		"and are the same; %d are refused by checkmodule and senet", all, sum.alone, sum.mended, sum.refused)
	for _, why := range slices.Sorted(maps.Keys(sum.reasons)) {
		t.Logf("refused: %d %s: %.300s", len(sum.reasons[why]), why, strings.Join(sum.reasons[why], " "))
	}
	if sum.refused > all/50 {
		t.Errorf("%d of %d are refused", sum.refused, all)
	}
}

// reason returns the message of checkmodule without names and places.
func reason(message string) string {
	_, message, ok := strings.Cut(message, "ERROR ")
	if !ok {
		return "without a message"
	}
	message, _, _ = strings.Cut(message, " at token")
	return regexp.MustCompile(`\S*_[a-z]+\b|\b[0-9]+\b`).ReplaceAllString(message, "NAME")
}

// compare makes the module with checkmodule and as senet does. It returns checkmodule's message if it refuses it.
func compare(t *testing.T, h *Headers, m *callModule, theirs string) (message string) {
	t.Helper()
	text := m.text(h)
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file, mod := filepath.Join(dir, "senet_one.te"), filepath.Join(dir, "senet_one.mod")
	if err := os.WriteFile(file, []byte(theirs), 0o600); err != nil {
		t.Fatal(err)
	}
	out, failed := exec.Command("checkmodule", "-M", "-m", "-o", mod, file).CombinedOutput()
	own, err := ownModule(h, text)
	if failed != nil {
		if err == nil {
			t.Errorf("%s: checkmodule refuses it: %s", text, out)
		}
		return fmt.Sprintf("%s (%v)", out, failed)
	}
	want, read := os.ReadFile(mod)
	switch {
	case read != nil:
		t.Fatal(read)
	case err != nil:
		t.Errorf("%s: %v", text, err)
	case !bytes.Equal(own, want):
		t.Errorf("%s: another module", text)
	}
	return ""
}

func ownModule(h *Headers, text string) ([]byte, error) {
	out, _, err := h.Expand("senet_one.te", text)
	if err != nil {
		return nil, fmt.Errorf("expand: %w", err)
	}
	r, err := te.Compile(string(out), te.Options{MLS: h.Settings.MLS(), File: "senet_one.te"})
	if err != nil {
		return nil, err
	}
	return r.Module.Encode()
}
