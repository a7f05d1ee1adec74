package check

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/statefile"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// State returns the state file that lets what is refused succeed, of fixes that such a
// file can hold (ports and booleans) and that say what is meant. left are the items that
// it does not help: they need a module, or what opens more than was asked.
func (c *Checker) State(services []*Service) (state *statefile.State, left []*Item, err error) {
	var records []semanage.Record
	done := map[question]bool{}
	for _, s := range services {
		for i := range s.Items {
			item := &s.Items[i]
			if item.Answer == nil || item.Answer.Verdict != network.Denied {
				continue
			}
			if done[item.key()] {
				continue
			}
			done[item.key()] = true
			found, err := remedy.Find(c.d, c.problem(item))
			if err != nil {
				return nil, nil, err
			}
			more := c.records(found.Fixes)
			if more == nil {
				left = append(left, item)
			}
			records = append(records, more...)
		}
	}
	return statefile.Of(records), left, nil
}

// records returns the records of the first fix that is meant and needs nothing else.
func (c *Checker) records(fixes []remedy.Fix) []semanage.Record {
	for i := range fixes {
		f := &fixes[i]
		if !f.Works || f.Applicability == remedy.Never || f.Standing != remedy.Meant {
			continue
		}
		ch, err := senet.ChangeOf(c.Policy(), f)
		if err != nil || ch.Module != nil {
			continue
		}
		var list []semanage.Record
		for _, r := range ch.Records {
			if r.After == nil {
				list = nil
				break // the file cannot name what is deleted and set anew
			}
			list = append(list, r.After)
		}
		if list != nil {
			return list
		}
	}
	return nil
}
