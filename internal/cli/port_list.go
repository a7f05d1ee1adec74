package cli

import (
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// listKeys reads the ports that a list is limited to. Without a protocol they are those
// of every protocol.
func (f *portFlags) listKeys(args []string) ([]semanage.PortKey, error) {
	var keys []semanage.PortKey
	if len(args) == 0 && f.proto != "" {
		args = []string{"0-65535"}
	}
	for _, arg := range args {
		key, err := f.key(arg)
		if err != nil {
			return nil, err
		}
		if key.Protocol != 0 {
			keys = append(keys, key)
			continue
		}
		for _, p := range records.Protocols() {
			key.Protocol = p
			keys = append(keys, key)
		}
	}
	return keys, nil
}

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
				say.PortTypes(b, list, !f.noHeading, isTerminal(streams.stdout)) // one line each in a pipe
			}
		})); err != nil {
		return err
	}
	if len(list) == 0 && len(labels) == 0 {
		return errNo
	}
	return nil
}
