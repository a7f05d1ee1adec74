package records_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

func look(t *testing.T) *semanage.Tx {
	t.Helper()
	root := t.TempDir()
	if err := stores.Scratch(root); err != nil {
		t.Fatal(err)
	}
	s, err := semanage.Open(semanage.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	tx, err := s.Look()
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func tcp(low, high uint16, typ string) semanage.Port {
	return semanage.Port{Protocol: semanage.TCP, Low: low, High: high, Context: semanage.Context{Type: typ}}
}

// lines are the local records of ports, without user and role.
func lines(tx *semanage.Tx) []string {
	var list []string
	for _, r := range tx.Records(semanage.Ports) {
		list = append(list, r.Key().String()+" "+records.Value(r))
	}
	slices.Sort(list)
	return list
}

// TestPut: a record that is there already stays untouched, add refuses to change a label, and set
// changes it.
func TestPut(t *testing.T) {
	tx := look(t)
	had, local, ok := tx.Lookup(tcp(80, 80, "").Key())
	if !ok || local {
		t.Fatal("the scratch policy labels tcp/80 no more")
	}
	own := semanage.ContextOf(had).Type
	for i, step := range []struct {
		put  func(*semanage.Tx, semanage.Record) error
		r    semanage.Port
		want string // the local records then, an error behind "!"
	}{
		{records.Add, tcp(80, 80, own), ""}, // as the policy says: no record
		{records.Add, tcp(80, 80, "ssh_port_t"), "! add port tcp/80: already defined: it is " + own +
			", by the policy"},
		{records.Ensure, tcp(80, 80, "ssh_port_t"), "tcp/80 ssh_port_t"},
		{records.Add, tcp(80, 80, own), "! add port tcp/80: already defined: it is ssh_port_t, by a local record"},
		{records.Ensure, tcp(8000, 8010, own), "tcp/80 ssh_port_t, tcp/8000-8010 " + own},
		{records.Add, tcp(8005, 8005, own), "tcp/80 ssh_port_t, tcp/8000-8010 " + own}, // inside the local range
	} {
		err := step.put(tx, step.r)
		got := strings.Join(lines(tx), ", ")
		if err != nil {
			got = "! " + err.Error()
			var exists *records.ExistsError
			if !errors.As(err, &exists) || !errors.Is(err, semanage.ErrExists) {
				t.Errorf("step %d: %T", i, err)
			}
			// The transaction of a refused add is given up.
			if err := records.Ensure(tx, exists.Had); err != nil {
				t.Fatal(err)
			}
			if !exists.Local {
				if err := records.Remove(tx, exists.Had.Key(), semanage.Change{}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
	}
}

// TestRemove: deleting a missing record does nothing, and a record with another value stays.
func TestRemove(t *testing.T) {
	tx := look(t)
	key := tcp(5601, 5601, "").Key()
	if err := records.Remove(tx, key, semanage.Change{Type: "http_port_t"}); err != nil {
		t.Error(err)
	}
	if err := tx.Set(tcp(5601, 5601, "http_port_t")); err != nil {
		t.Fatal(err)
	}
	var other *records.OtherError
	err := records.Remove(tx, key, semanage.Change{Type: "ssh_port_t"})
	if !errors.As(err, &other) || err.Error() != "delete port tcp/5601: it is http_port_t, not ssh_port_t" {
		t.Error(err)
	}
	if err := records.Remove(tx, key, semanage.Change{Type: "http_port_t"}); err != nil || len(lines(tx)) != 0 {
		t.Error(err, lines(tx))
	}
}

// TestOverlap: a conflict names the others and what is free, and a split leaves the
// rest of each.
func TestOverlap(t *testing.T) {
	tx := look(t)
	for _, r := range []semanage.Port{tcp(100, 110, "ssh_port_t"), tcp(120, 130, "http_port_t"),
		tcp(125, 125, "http_port_t")} {
		if err := tx.Set(r); err != nil {
			t.Fatal(err)
		}
	}
	key := semanage.PortKey{Protocol: semanage.TCP, Low: 105, High: 125}
	if err := tx.Set(tcp(105, 125, "dns_port_t")); err != nil {
		t.Fatal(err)
	}
	var conflict *records.ConflictError
	err := records.CheckOverlaps(tx, []semanage.PortKey{key})
	if !errors.As(err, &conflict) || err.Error() != "tcp/105-125 overlaps the local tcp/100-110, tcp/120-130, tcp/125" {
		t.Fatal(err)
	}
	if free := conflict.Free(); !slices.Equal(free, portset.Set{{Low: 111, High: 119}}) {
		t.Errorf("free: %v", free)
	}
	if err := records.Split(tx, key); err != nil {
		t.Fatal(err)
	}
	want := []string{"tcp/100-104 ssh_port_t", "tcp/105-125 dns_port_t", "tcp/126-130 http_port_t"}
	if got := lines(tx); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if err := records.CheckOverlaps(tx, []semanage.PortKey{key}); err != nil {
		t.Error(err)
	}
}

// TestImport: the lines of other kinds are counted, and errors name the line of the
// whole text.
func TestImport(t *testing.T) {
	tx := look(t)
	const text = "boolean -D\nport -a -t ssh_port_t -r 's0' -p tcp 5601\nlogin -D\nnode -D\n"
	others, err := records.Import(tx, semanage.Ports, text)
	if err != nil || others != 3 || strings.Join(lines(tx), ",") != "tcp/5601 ssh_port_t" {
		t.Error(others, err, lines(tx))
	}
	_, err = records.Import(tx, semanage.Ports, "node -D\nport -x\n")
	if err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
		t.Error(err)
	}
}

// TestNodes: nodes are read as people write them, and named so.
func TestNodes(t *testing.T) {
	for _, c := range []struct{ addr, mask, proto, want string }{
		{"10.0.0.0/8", "", "", "10.0.0.0/8"}, {"10.0.0.7", "", "", "10.0.0.7/32"},
		{"2001:db8::/32", "", "", "2001:db8::/32"},
		{"10.0.0.0", "255.0.0.255", "ipv4", "10.0.0.0/255.0.0.255"}, {"::1", "", "", "::1/128"},
		{"10.0.0.0", "255.0.0.0", "ipv6", "! syntax error"}, {"::1", "", "ipv4", "! ::1 is not an ipv4 address"},
		{"x", "", "", "! syntax error"},
	} {
		n, err := records.ParseNode(c.addr, c.mask, c.proto)
		got := ""
		if err != nil {
			got = "! " + err.Error()
		} else {
			got = records.NodeName(n)
		}
		if !strings.HasPrefix(got, c.want) || err == nil && got != c.want {
			t.Errorf("%v: %q", c, got)
		}
	}
	n, err := records.ParseNode("10.0.1.0", "255.255.0.0", "ipv4")
	if err != nil || !records.MatchesNothing(n) {
		t.Error(err, "an address with bits that its mask has not is like none")
	}
	n, _ = records.ParseNode("10.0.0.0/8", "", "")
	if records.MatchesNothing(n) {
		t.Error("10.0.0.0/8 matches")
	}
	for prefix, want := range map[string]bool{"10.1.2.3/32": true, "10.0.0.0/8": true, "0.0.0.0/0": true,
		"11.0.0.1/32": false, "::/0": false} {
		if got := records.Concerns(n, netip.MustParsePrefix(prefix)); got != want {
			t.Errorf("10.0.0.0/8 concerns %s: %v", prefix, got)
		}
	}
}
