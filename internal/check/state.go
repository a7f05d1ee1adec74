package check

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/statefile"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/semanage"
)

// State returns a state file that makes the refused operations succeed. It holds the fixes that
// such a file can hold (ports and booleans) and whose effect is the intended one. left are the
// items that need more: a module, or a fix that opens more than was asked.
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

// records returns the records of the first fix that has the intended effect and needs nothing else.
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
				break // a state file cannot delete a record and set it again
			}
			list = append(list, r.After)
		}
		if list != nil {
			return list
		}
	}
	return nil
}
