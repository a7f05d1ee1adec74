package doc

import (
	"fmt"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/semanage"
)

// StepsOf returns the document of a change of records and a module.
func StepsOf(c change.Change) Steps {
	var out Steps
	if m := c.Module; m != nil {
		out.Module = &Module{Name: m.Name, CIL: m.After}
		if m.After == "" {
			out.Module.CIL = m.Before
		}
	}
	for _, d := range c.Records {
		action := "set"
		if d.After == nil {
			action = "delete"
		}
		out.Records = append(out.Records, Step{
			Action: action, Kind: d.Kind.String(), Before: RecordOf(d.Before, true), After: RecordOf(d.After, true),
		})
	}
	return out
}

// Change returns the change of a document, of the kinds that fixes make: ports and
// booleans, and an installed module.
func (s *Steps) Change() (change.Change, error) {
	var c change.Change
	if m := s.Module; m != nil {
		c.Module = &change.Module{Name: m.Name, After: m.CIL}
	}
	for i := range s.Records {
		step := &s.Records[i]
		doc := step.After
		if step.Action == "delete" {
			doc = step.Before
		}
		r, err := doc.record(step.Kind)
		if err != nil {
			return c, fmt.Errorf("record %d: %w", i, err)
		}
		switch step.Action {
		case "set":
			c.Records = append(c.Records, change.Set(r))
		case "delete":
			c.Records = append(c.Records, change.Delete(r))
		default:
			return c, fmt.Errorf("record %d: the action %.40q", i, step.Action)
		}
	}
	return c, nil
}

// record returns a local record of a document; r may be nil.
func (r *Record) record(kind string) (semanage.Record, error) {
	switch {
	case r == nil:
		return nil, fmt.Errorf("there is none")
	case kind == semanage.Booleans.String() && r.On != nil:
		return semanage.Boolean{Name: r.Name, On: *r.On}, nil
	case kind == semanage.Ports.String():
		protocol, err := semanage.ParseProtocol(r.Protocol)
		if err != nil {
			return nil, err
		}
		if r.Low < 0 || r.Low > r.High || r.High > 65535 {
			return nil, fmt.Errorf("ports %d to %d", r.Low, r.High)
		}
		c, err := semanage.ParseContext(r.Context)
		return semanage.Port{Protocol: protocol, Low: uint16(r.Low), High: uint16(r.High), Context: c}, err
	}
	return nil, fmt.Errorf("the kind %.40q", kind)
}
