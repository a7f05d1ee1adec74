package semanagecli

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

// semanage 3.4 does not audit changes of InfiniBand objects, and neither does senet.

type pkeyCommand struct{}

func (pkeyCommand) kind() semanage.Kind { return semanage.IBPKeys }
func (pkeyCommand) typed() string       { return "a ibpkey type" }

func (pkeyCommand) target(a *arguments) (target, error) {
	pkey, prefix := a.text("ibpkey"), a.text("subnet_prefix")
	low, high, err := numberRange(strings.Split(pkey, "-"), 0, "Invalid Pkey")
	if err != nil {
		return target{}, err
	}
	subnet, err := semanage.ParseSubnet(prefix)
	if err != nil {
		return target{}, valueError("Could not create a key for " + prefix + "/" + pkey)
	}
	name := "ibpkey " + prefix + "/" + pkey
	return target{key: semanage.IBPKeyKey{Subnet: subnet, Low: low, High: high}, subject: name, name: name}, nil
}

func (pkeyCommand) record(k semanage.Key, c semanage.Context) semanage.Record {
	key := k.(semanage.IBPKeyKey)
	return semanage.IBPKey{Subnet: key.Subnet, Low: key.Low, High: key.High, Context: c}
}

func (pkeyCommand) resource(semanage.Record) resource { return resource{} }

func (pkeyCommand) list(r *run, records []semanage.Record, heading bool) {
	g := newGroups(len(records))
	for _, record := range records {
		k := record.(semanage.IBPKey)
		subnet, _, _ := strings.Cut(k.Key().String(), " ")
		number := fmt.Sprintf("0x%x", k.Low)
		if k.High != k.Low {
			number = fmt.Sprintf("0x%x-0x%x", k.Low, k.High)
		}
		g.add(k.Context.Type, subnet, number)
	}
	if heading {
		fmt.Fprintf(&r.out, "%-30s %-18s %s\n\n", "SELinux IB Pkey Type", "Subnet_Prefix", "Pkey Number")
	}
	g.print(r, "%-30s %-18s ")
}

type endPortCommand struct{}

func (endPortCommand) kind() semanage.Kind { return semanage.IBEndPorts }
func (endPortCommand) typed() string       { return "an ibendport type" }

func (endPortCommand) target(a *arguments) (target, error) {
	text, device := a.text("ibendport"), a.text("ibdev_name")
	port, err := pythonInt(text, 10)
	if err != nil {
		return target{}, err
	}
	if port < 1 || port > 255 {
		return target{}, valueError("Invalid Port Number")
	}
	if a.action() == "add" {
		text = fmt.Sprint(port)
	}
	name := "ibendport " + device + "/" + text
	return target{key: semanage.IBEndPortKey{Device: device, Port: uint8(port)}, subject: name, name: name}, nil
}

func (endPortCommand) record(k semanage.Key, c semanage.Context) semanage.Record {
	key := k.(semanage.IBEndPortKey)
	return semanage.IBEndPort{Device: key.Device, Port: key.Port, Context: c}
}

func (endPortCommand) resource(semanage.Record) resource { return resource{} }

func (endPortCommand) list(r *run, records []semanage.Record, heading bool) {
	g := newGroups(len(records))
	for _, record := range records {
		e := record.(semanage.IBEndPort)
		g.add(e.Context.Type, e.Device, fmt.Sprintf("0x%x", e.Port))
	}
	if heading {
		fmt.Fprintf(&r.out, "%-30s %-18s %s\n\n", "SELinux IB End Port Type", "IB Device Name", "Port Number")
	}
	g.print(r, "%-30s %-18s ")
}
