package cli

import (
	"errors"
	"io"
	"iter"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/sides"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

// diffKinds are all kinds of rules.
const diffKinds = policy.AccessRules | policy.TypeRules | policy.XPermRules

// listed yields the rules that the flags ask for: the causes, and the cells, without
// those that the causes explain where causes are asked for.
func (f *diffFlags) listed() (iter.Seq[policydiff.Cause], iter.Seq[policydiff.RuleChange]) {
	causes := func(yield func(policydiff.Cause) bool) {
		if !f.causes {
			return
		}
		for _, c := range policydiff.New(f.before.Policy(), f.after.Policy()).Causes(diffKinds) {
			if !yield(c) {
				return
			}
		}
	}
	cells := func(yield func(policydiff.RuleChange) bool) {
		for r := range policydiff.New(f.before.Policy(), f.after.Policy()).Rules(diffKinds) {
			if (!f.causes || !r.HasCause()) && !yield(r) {
				return
			}
		}
	}
	return causes, cells
}

// statementChanges yields all differences of the other parts.
func (f *diffFlags) statementChanges() iter.Seq2[policydiff.Part, policydiff.StatementChange] {
	return func(yield func(policydiff.Part, policydiff.StatementChange) bool) {
		for _, part := range policydiff.Parts() {
			for _, c := range policydiff.Changes(f.before.Policy(), f.after.Policy(), part) {
				if !yield(part, c) {
					return
				}
			}
		}
	}
}

// addRules adds what the flags ask for to a document.
func (f *diffFlags) addRules(d *doc.Diff) {
	if !f.rules && !f.causes {
		return
	}
	causes, cells := f.listed()
	for c := range causes {
		d.Causes = append(d.Causes, doc.DiffCauseOf(&c, f.places(&c)))
	}
	for r := range cells {
		d.Rules = append(d.Rules, doc.DiffRuleOf(&r))
	}
	for part, c := range f.statementChanges() {
		d.Statements = append(d.Statements, doc.DiffStatementOf(part.String(), &c))
	}
}

// writeRules lists rules and the statements of other parts. It holds no list of cells.
func (f *diffFlags) writeRules(w io.Writer) error {
	if policydiff.Identical(f.before.Policy(), f.after.Policy()) {
		return nil
	}
	var b words.Page
	causes, cells := f.listed()
	for c := range causes {
		f.found = true
		say.Cause(&b, &c, f.places(&c))
	}
	for r := range cells {
		f.found = true
		b.Printf("%c %s\n", r.Sign(), say.RuleChange(&r))
		if b.Len() > 1<<16 {
			if _, err := b.WriteTo(w); err != nil {
				return err
			}
		}
	}
	for _, c := range f.statementChanges() {
		f.found = true
		b.Printf("%s\n", say.StatementChange(&c))
	}
	_, err := b.WriteTo(w)
	return err
}

// modules compiles the modules of both sides, where that is asked for.
func (f *diffFlags) modules() (finders [2]*provenance.Finder, err error) {
	for i, s := range []*sides.Side{f.before, f.after} {
		switch {
		case i == 1 && f.from != "":
			finders[i], err = provenance.Dir(f.from, s.Policy().MLS())
		case f.origins:
			finders[i], err = s.Modules()
		}
		if errors.Is(err, provenance.ErrNoSources) {
			return finders, unreadable(err,
				"--modules needs systems with a store; --modules-from DIR names the files of AFTER")
		}
		if err != nil {
			return finders, unreadable(err, "")
		}
	}
	return finders, nil
}

// places say where the rule of a cause stands.
func (f *diffFlags) places(c *policydiff.Cause) (list []string) {
	finder := f.finders[0]
	if c.Sign == policydiff.Added {
		finder = f.finders[1]
	}
	if finder == nil {
		return nil
	}
	perms := policy.AccessVector(0)
	for _, name := range c.Perms {
		bit, _ := c.Policy.Perm(c.Rule.Class, name)
		perms |= bit
	}
	found := finder.Find(provenance.Of(c.Policy, c.Rule, perms))
	for i := range found {
		list = append(list, found[i].String())
	}
	return list
}
