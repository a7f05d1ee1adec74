package diffreport

import (
	"io"
	"iter"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydiff"
)

// A Listing lists the rules and other statements that differ between two policies.
type Listing struct {
	Before, After *policy.Policy
	// Cells lists every pair of types. Causes lists the rules as they are written, and the pairs
	// that have no cause.
	Cells, Causes bool
	// Modules find the sources of rules: of the policy before and after, nil if the modules are not
	// available.
	Modules [2]*provenance.Finder
}

// kinds are all kinds of rules.
const kinds = policy.AccessRules | policy.TypeRules | policy.XPermRules

func (l *Listing) causes() iter.Seq[policydiff.Cause] {
	return func(yield func(policydiff.Cause) bool) {
		if !l.Causes {
			return
		}
		for _, c := range policydiff.New(l.Before, l.After).Causes(kinds) {
			if !yield(c) {
				return
			}
		}
	}
}

func (l *Listing) cells() iter.Seq[policydiff.RuleChange] {
	return func(yield func(policydiff.RuleChange) bool) {
		for r := range policydiff.New(l.Before, l.After).Rules(kinds) {
			if (!l.Causes || !r.HasCause()) && !yield(r) {
				return
			}
		}
	}
}

// statements yields all differences in other statements.
func (l *Listing) statements() iter.Seq2[policydiff.Part, policydiff.StatementChange] {
	return func(yield func(policydiff.Part, policydiff.StatementChange) bool) {
		for _, part := range policydiff.Parts() {
			for _, c := range policydiff.Changes(l.Before, l.After, part) {
				if !yield(part, c) {
					return
				}
			}
		}
	}
}

// AddTo adds the list to a document.
func (l *Listing) AddTo(d *doc.Diff) {
	for c := range l.causes() {
		d.Causes = append(d.Causes, doc.DiffCauseOf(&c, l.places(&c)))
	}
	for r := range l.cells() {
		d.Rules = append(d.Rules, doc.DiffRuleOf(&r))
	}
	for part, c := range l.statements() {
		d.Statements = append(d.Statements, doc.DiffStatementOf(part.String(), &c))
	}
}

// Write writes the list, and reports whether there was anything to write. It does not keep the list
// of cells in memory.
func (l *Listing) Write(w io.Writer) (found bool, err error) {
	if policydiff.Identical(l.Before, l.After) {
		return false, nil
	}
	var b words.Page
	for c := range l.causes() {
		found = true
		say.Cause(&b, &c, l.places(&c))
	}
	for r := range l.cells() {
		found = true
		b.Printf("%c %s\n", r.Sign(), say.RuleChange(&r))
		if b.Len() > 1<<16 {
			if _, err := b.WriteTo(w); err != nil {
				return found, err
			}
		}
	}
	for _, c := range l.statements() {
		found = true
		b.Printf("%s\n", say.StatementChange(&c))
	}
	_, err = b.WriteTo(w)
	return found, err
}

// places returns the sources of the rules of a cause.
func (l *Listing) places(c *policydiff.Cause) (list []string) {
	finder := l.Modules[0]
	if c.Sign == policydiff.Added {
		finder = l.Modules[1]
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
