package records_test

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// TestParse: a name that no record of the kernel's can have is refused where the record is
// to be made, and found where it is there already.
func TestParse(t *testing.T) {
	c := semanage.Context{Type: "x_t"}
	for _, tt := range []struct {
		kind             semanage.Kind
		name, mask, want string // "" for an error when the record is made
		known            bool   // it is read where it is not to be made
	}{
		{semanage.Interfaces, "eth0", "", "eth0", true},
		{semanage.Interfaces, "eth0/1", "", "", true},
		{semanage.Nodes, "10.0.0.0/8", "", "ipv4 10.0.0.0/255.0.0.0", true},
		{semanage.Nodes, "10.0.0.1", "255.0.0.0", "", true},
		{semanage.Nodes, "no", "", "", false},
	} {
		r, err := records.Parse(tt.kind, tt.name, tt.mask, "", c, true)
		switch {
		case (err == nil) != (tt.want != ""):
			t.Errorf("%s: %v", tt.name, err)
		case err == nil && (r.Key().String() != tt.want || semanage.ContextOf(r).Type != "x_t"):
			t.Errorf("%s: %v", tt.name, r)
		}
		if _, err := records.Parse(tt.kind, tt.name, tt.mask, "", c, false); (err == nil) != tt.known {
			t.Errorf("%s, not to be made: %v", tt.name, err)
		}
	}
}

// TestContexts: each field of a filter, alone.
func TestContexts(t *testing.T) {
	root := t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	s, err := semanage.Open(semanage.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	db, err := s.KernelPolicy()
	if err != nil {
		t.Fatal(err)
	}
	source := &records.Source{Policy: policy.New(db)}
	all := source.Contexts(semanage.Nodes, records.ContextFilter{})
	if len(all) < 2 {
		t.Fatalf("the example policy has the nodes %v", all)
	}
	for _, r := range all {
		n := r.(semanage.Node)
		network, err := records.ParseNetwork(n.Addr.String())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(source.Contexts(semanage.Nodes, records.ContextFilter{Networks: []netip.Prefix{network}}),
			r) {
			t.Errorf("%v is not found by its address", r)
		}
		proto, other := "ipv4", "ipv6"
		if n.Addr.Is6() {
			proto, other = other, proto
		}
		if !slices.Contains(source.Contexts(semanage.Nodes, records.ContextFilter{Proto: proto}), r) ||
			slices.Contains(source.Contexts(semanage.Nodes, records.ContextFilter{Proto: other}), r) {
			t.Errorf("%v is not found by %s alone", r, proto)
		}
		if !slices.Contains(source.Contexts(semanage.Nodes, records.ContextFilter{Type: n.Context.Type}), r) {
			t.Errorf("%v is not found by its type", r)
		}
	}
	if list := source.Contexts(semanage.Nodes, records.ContextFilter{Local: true}); len(list) > 0 {
		t.Errorf("local: %v", list)
	}
	if list := source.Contexts(semanage.Nodes, records.ContextFilter{Type: "nothing_t"}); len(list) > 0 {
		t.Errorf("of no type: %v", list)
	}
	for _, r := range source.Contexts(semanage.Interfaces, records.ContextFilter{}) {
		name := records.ContextFilter{Names: []string{r.Key().String()}}
		if list := source.Contexts(semanage.Interfaces, name); !slices.Equal(list, []semanage.Record{r}) {
			t.Errorf("%v by its name: %v", r, list)
		}
	}
	if _, err := records.ParseNetwork("eth0"); err == nil {
		t.Error("eth0 is a network")
	}
}

// TestNoType: a type that the policy lacks is an error with types of the right kind.
func TestNoType(t *testing.T) {
	tx := look(t)
	node, err := records.ParseNode("10.0.0.0/8", "", "")
	if err != nil {
		t.Fatal(err)
	}
	node.Context.Type = "nod_t"
	for _, c := range []struct {
		record semanage.Record
		near   string
	}{
		{tcp(9300, 9300, "http_prt_t"), "http_port_t"},
		{semanage.Interface{Name: "eth0", Context: semanage.Context{Type: "netf_t"}}, "netif_t"},
		{node, "node_t"},
	} {
		err := records.ActAdd.Stage(tx, c.record)
		var lacking *records.NoTypeError
		if !errors.Is(err, semanage.ErrType) || !errors.As(err, &lacking) || !slices.Contains(lacking.Near, c.near) {
			t.Errorf("%v: %v, %+v, want one with %s", c.record.Key(), err, lacking, c.near)
		}
	}
	var lacking *records.NoTypeError
	if err := records.ActDelete.Stage(tx, tcp(9300, 9300, "")); errors.As(err, &lacking) {
		t.Errorf("a deletion names no type: %v", err)
	}
}

// TestPortEdit: what each action does, and which port an error is about.
func TestPortEdit(t *testing.T) {
	tx := look(t)
	key := func(low, high uint16) semanage.PortKey { return tcp(low, high, "").Key().(semanage.PortKey) }
	edit := func(a records.Action, typ string, split bool, keys ...semanage.PortKey) (missing int, err error) {
		e := records.PortEdit{Action: a, Type: typ, Split: split, Missing: func(semanage.PortKey) { missing++ }}
		if err := e.Clash(keys); err != nil {
			return 0, err
		}
		return missing, e.Stage(tx, keys)
	}
	for i, step := range []struct {
		action  records.Action
		typ     string
		split   bool
		keys    []semanage.PortKey
		missing int
		failed  semanage.PortKey // that an error is about
		want    []string         // the local records then
	}{
		{records.ActAdd, "ssh_port_t", false, []semanage.PortKey{key(9000, 9009)}, 0, semanage.PortKey{},
			[]string{"tcp/9000-9009 ssh_port_t"}},
		{records.ActDelete, "", false, []semanage.PortKey{key(9005, 9005)}, 0, key(9005, 9005),
			[]string{"tcp/9000-9009 ssh_port_t"}},
		{records.ActDelete, "", false, []semanage.PortKey{key(9100, 9100)}, 1, semanage.PortKey{},
			[]string{"tcp/9000-9009 ssh_port_t"}},
		{records.ActSet, "http_port_t", true, []semanage.PortKey{key(9000, 9004)}, 0, semanage.PortKey{},
			[]string{"tcp/9000-9004 http_port_t", "tcp/9005-9009 ssh_port_t"}},
		{records.ActModify, "http_port_t", false, []semanage.PortKey{key(9210, 9210)}, 0, key(9210, 9210),
			[]string{"tcp/9000-9004 http_port_t", "tcp/9005-9009 ssh_port_t"}},
		{records.ActDelete, "", false, []semanage.PortKey{key(9000, 9004), key(9005, 9009)}, 0,
			semanage.PortKey{}, nil},
	} {
		missing, err := edit(step.action, step.typ, step.split, step.keys...)
		var of *records.PortError
		if errors.As(err, &of) != (step.failed != semanage.PortKey{}) || of != nil && of.Key != step.failed ||
			err != nil && of == nil || missing != step.missing {
			t.Errorf("step %d: %d missing, %v", i, missing, err)
		}
		if got := lines(tx); !slices.Equal(got, step.want) {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
	if _, err := edit(records.ActAdd, "ssh_port_t", false, key(1, 5), key(5, 9)); err == nil {
		t.Error("ports that overlap are added")
	}
	if _, err := edit(records.ActAdd, "ssh_port_t", false, key(21, 29), key(21, 29)); err != nil {
		t.Error(err)
	}
	var conflict *records.ConflictError
	if _, err := edit(records.ActAdd, "ssh_port_t", false, key(25, 35)); !errors.As(err, &conflict) {
		t.Error(err)
	}
}
