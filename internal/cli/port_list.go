package cli

import (
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/terminal"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

func (f *portFlags) listPorts(streams ioStreams, keys []semanage.PortKey) error {
	source, err := f.source(streams, f.policy, semanage.Ports)
	if err != nil {
		return err
	}
	if f.typ != "" {
		if err := source.CheckType(f.typ, "port_type"); err != nil {
			return recordProblem(err)
		}
	}
	list, labels := source.Ports(records.PortFilter{Keys: keys, Type: f.typ, Local: f.local})
	asked := len(keys) > 0 && !(len(keys) == 1 && keys[0].Low == 0 && keys[0].High == 65535) // for certain ports
	if err := f.emit(streams.stdout, func() any { return doc.PortListOf(source, list, labels) },
		page(func(b *words.Page) {
			if asked || f.byPort {
				say.PortLabels(b, source.Policy, labels, !f.noHeading, asked || f.verbose)
			} else {
				say.PortTypes(b, list, !f.noHeading, terminal.Is(streams.stdout)) // one line each in a pipe
			}
		})); err != nil {
		return err
	}
	if len(list) == 0 && len(labels) == 0 {
		return errNo
	}
	return nil
}
