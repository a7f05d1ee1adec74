package semanagecli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

type interfaceCommand struct{}

func (interfaceCommand) kind() semanage.Kind { return semanage.Interfaces }
func (interfaceCommand) typed() string       { return "" }

func (interfaceCommand) target(a *arguments) (target, error) {
	name := a.text("interface")
	return target{
		key: semanage.InterfaceKey(name), subject: "Interface " + name, name: "interface " + name,
		audit: resource{"interface", "netif=" + name},
	}, nil
}

func (interfaceCommand) record(k semanage.Key, c semanage.Context) semanage.Record {
	return semanage.Interface{Name: k.String(), Context: c}
}

func (interfaceCommand) resource(record semanage.Record) resource {
	return resource{"interface", "netif=" + record.Key().String()}
}

func (interfaceCommand) list(r *run, records []semanage.Record, heading bool) {
	byName := map[string]semanage.Context{}
	var names []string
	for _, record := range records {
		i := record.(semanage.Interface)
		if _, ok := byName[i.Name]; !ok {
			names = append(names, i.Name)
		}
		byName[i.Name] = i.Context
	}
	slices.SortFunc(names, strings.Compare)
	if heading {
		fmt.Fprintf(&r.out, "%-30s %s\n\n", "SELinux Interface", "Context")
	}
	for _, name := range names {
		fmt.Fprintf(&r.out, "%-30s %s \n", name, byName[name])
	}
}
