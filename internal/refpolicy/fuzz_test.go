package refpolicy

import (
	"slices"
	"testing"

	"github.com/senet-selinux/senet/internal/m4"
)

// FuzzHeaders: any text as a file of interfaces is read or refused; what is found of it can be described,
// indexed and expanded, or is refused.
func FuzzHeaders(f *testing.F) {
	h := small(f)
	for _, engine := range []*m4.Engine{h.support, h.first, h.engine} {
		engine.Bound(1 << 18) // a macro that calls itself takes half a second otherwise
	}
	for _, s := range []string{interfaces, "interface(`x',`allow $1 self:file read_perms; x($1)')", "template(`a',`",
		"interface(`y',`gen_require(`type t;') allow { $1 $2 } ~{ a b }:{ c d } *; ifdef(`q',`x',`y')')",
		"interface(`z',`type_transition $1 a:b c \"d\"; optional_policy(`web_read($*)')')\n## </summary>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		own, err := h.With("fuzz.if", text)
		if err != nil {
			return
		}
		x, err := own.Index()
		for i, d := range own.Defs[len(h.Defs):] {
			def := len(h.Defs) + i
			own.Params(def)
			own.Summary(def)
			own.Line(def)
			own.Statements(def)
			if required, all := own.Required(def), own.Arguments(def); len(required) > len(all) {
				t.Errorf("%s requires %q of %q", d.Name, required, all)
			}
			if err == nil {
				x.Rules(def)
			}
		}
		_, _, _ = own.Expand("fuzz.te", "policy_module(m,1)\n"+text+"\nweb_read(a_t)\n")
		name, args, err := ParseCall(text)
		if err == nil && (name == "" || slices.Contains(args, "\x00")) {
			t.Errorf("call %q %q", name, args)
		}
	})
}
