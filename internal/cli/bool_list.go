package cli

import (
	"context"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/policydoc"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
)

func (f *boolFlags) listBools(streams ioStreams, names []string) error {
	source, err := f.source(streams, f.policy, semanage.Booleans)
	if err != nil {
		return err
	}
	list, err := source.Booleans(names, f.local, f.policy == "" && records.InUse(f.root, f.store))
	if err != nil {
		return recordProblem(err)
	}
	var effects []impact.Effect
	one := len(names) == 1 && len(list) == 1
	if one {
		if effects, err = f.otherValue(source.Policy, &list[0]); err != nil {
			return err
		}
	}
	describe := policydoc.Of(f.policy, f.root)
	if err := f.emit(streams.stdout, func() any { return doc.BoolListOf(source, list, describe, effects) },
		page(func(b *words.Page) {
			if !one {
				say.Booleans(b, list, !f.noHeading, describe)
				return
			}
			l := &list[0]
			say.OneBoolean(b, l, describe(l.Name), effects, f.verbose)
			if source.IsStore {
				b.Command("next", shell.New("senet", "bool").Arg(l.Name+"="+say.OnOff(!l.On)).With(f.repeatWrite()))
			}
		})); err != nil {
		return err
	}
	if len(list) == 0 {
		return errNo
	}
	return nil
}

// otherValue computes the effects of a boolean's other value.
func (f *boolFlags) otherValue(p *policy.Policy, b *records.Boolean) ([]impact.Effect, error) {
	facts, err := f.factsUnder(nil)
	if err != nil {
		return nil, err
	}
	id, _ := p.Bool(b.Name)
	other := p.WithBools(policy.BoolSetting{Bool: id, On: !b.On})
	return impact.New(p, other, facts).All(context.Background())
}
