package semanage

import (
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func httpPort(low, high uint16) Port {
	return Port{TCP, low, high, Context{Type: "http_port_t"}}
}

// TestRefusals: the operations that are refused, with their errors.
func TestRefusals(t *testing.T) {
	ts := newTestStore(t)
	addr := netip.MustParseAddr
	for _, c := range []struct {
		why  string
		do   func(*Tx) error
		want error
	}{
		{"a port of the policy, exactly", func(tx *Tx) error { return tx.Add(httpPort(80, 80)) }, ErrExists},
		{"twice", func(tx *Tx) error { return errors.Join(addPort(tx, 5601), addPort(tx, 5601)) }, ErrExists},
		{"part of a range of the policy", func(tx *Tx) error { return tx.Add(httpPort(10001, 10002)) }, nil},
		{"backwards", func(tx *Tx) error { return tx.Add(httpPort(90, 85)) }, ErrRange},
		{"port 0", func(tx *Tx) error { return tx.Add(httpPort(0, 0)) }, ErrRange},
		{"port 0, as semanage", func(tx *Tx) error { tx.Strict = true; return tx.Add(httpPort(0, 0)) }, nil},
		{"a protocol without ports", func(tx *Tx) error { return tx.Add(Port{1, 7, 7, Context{Type: "http_port_t"}}) },
			ErrSyntax},
		{"no type", func(tx *Tx) error { return tx.Add(Port{TCP, 7, 7, Context{}}) }, ErrType},
		{"an unknown type", func(tx *Tx) error { return tx.Add(Port{TCP, 7, 7, Context{Type: "x_t"}}) }, ErrType},
		{"not a port type", func(tx *Tx) error { return tx.Add(Port{TCP, 7, 7, Context{Type: "haproxy_t"}}) }, ErrType},
		{"an attribute", func(tx *Tx) error { return tx.Add(Port{TCP, 7, 7, Context{Type: "port_type"}}) }, ErrType},
		{"an unknown category", func(tx *Tx) error {
			return tx.Add(Port{TCP, 7, 7,
				Context{Type: "http_port_t", Range: "s0:c9999"}})
		}, ErrContext},
		{"a range with a blank", func(tx *Tx) error {
			return tx.Add(Port{TCP, 7, 7,
				Context{Type: "http_port_t", Range: "s0 - s0"}})
		}, ErrContext},
		{"a line break in a user", func(tx *Tx) error {
			return tx.Add(Port{TCP, 7, 7, Context{User: "a\nb", Type: "http_port_t"}})
		}, ErrContext},
		{"delete the policy's own", func(tx *Tx) error { return tx.Delete(PortKey{TCP, 80, 80}) }, ErrInPolicy},
		{"delete nothing", func(tx *Tx) error { return tx.Delete(PortKey{TCP, 5601, 5601}) }, ErrNotDefined},
		{"delete after adding", func(tx *Tx) error {
			return errors.Join(addPort(tx, 5601),
				tx.Delete(PortKey{TCP, 5601, 5601}))
		}, nil},
		{"delete after adding, as semanage", func(tx *Tx) error {
			tx.Strict = true
			return errors.Join(addPort(tx, 5601), tx.Delete(PortKey{TCP, 5601, 5601}))
		}, ErrNotDefined},
		{"modify the policy's own", func(tx *Tx) error {
			return tx.Modify(PortKey{TCP, 80, 80},
				Change{Type: "ssh_port_t"})
		}, nil},
		{"modify nothing", func(tx *Tx) error { return tx.Modify(PortKey{TCP, 7, 7}, Change{Type: "ssh_port_t"}) },
			ErrNotDefined},
		{"modify to nothing", func(tx *Tx) error { return tx.Modify(PortKey{TCP, 80, 80}, Change{}) }, ErrSyntax},
		{"modify to a bad type", func(tx *Tx) error {
			return tx.Modify(PortKey{TCP, 80, 80},
				Change{Type: "haproxy_t"})
		}, ErrType},
		{"modify to a bad range", func(tx *Tx) error { return tx.Modify(PortKey{TCP, 80, 80}, Change{Range: "s7"}) },
			ErrContext},
		{"an unknown boolean", func(tx *Tx) error { return tx.Set(Boolean{"nosuch", true}) }, ErrNotDefined},
		{"a boolean's context", func(tx *Tx) error { return tx.Modify(BooleanKey("nis_enabled"), Change{Type: "x"}) },
			ErrSyntax},
		{"a boolean that is not local", func(tx *Tx) error { return tx.Delete(BooleanKey("nis_enabled")) },
			ErrInPolicy},
		{"an interface without a name", func(tx *Tx) error {
			return tx.Add(Interface{Context: Context{Type: "netif_t"}})
		}, ErrSyntax},
		{"an interface with a long name", func(tx *Tx) error {
			return tx.Add(Interface{Name: strings.Repeat("x", 64), Context: Context{Type: "netif_t"}})
		}, ErrRange},
		{"an interface of no type", func(tx *Tx) error {
			return tx.Add(Interface{Name: "x",
				Context: Context{Type: "no_t"}})
		}, ErrType},
		{"a node of two families", func(tx *Tx) error {
			return tx.Add(Node{addr("10.0.0.0"), addr("ffff::"), Context{Type: "node_t"}})
		}, ErrSyntax},
		{"a node of no node type", func(tx *Tx) error {
			return tx.Add(Node{addr("10.0.0.0"), addr("255.0.0.0"), Context{Type: "http_port_t"}})
		}, ErrType},
		{"port 0 of a device", func(tx *Tx) error {
			return tx.Add(IBEndPort{Device: "mlx",
				Context: Context{Type: "http_port_t"}})
		}, ErrRange},
		{"InfiniBand types do not exist here", func(tx *Tx) error {
			return tx.Add(IBEndPort{Device: "mlx", Port: 1, Context: Context{Type: "http_port_t"}})
		}, ErrType},
	} {
		tx := ts.begin(ts.open())
		err := c.do(tx)
		if !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%s: %v, want %v", c.why, err, c.want)
		}
		if c.want == nil {
			if _, err := tx.Plan(); err != nil {
				t.Errorf("%s: plan: %v", c.why, err)
			}
		}
		tx.Close()
	}
}

// TestOverlap: local records may not overlap, whatever those of the policy do.
func TestOverlap(t *testing.T) {
	ts := newTestStore(t)
	tx := ts.begin(ts.open())
	for _, p := range []Port{httpPort(5600, 5610), httpPort(5620, 5630),
		{UDP, 5605, 5605, Context{Type: "http_port_t"}}, httpPort(5610, 5612)} {
		if err := tx.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	_, err := tx.Commit()
	var overlap *OverlapError
	if !errors.As(err, &overlap) {
		t.Fatal(err)
	}
	if a, b := overlap.A.Key().String(), overlap.B.Key().String(); a != "tcp/5600-5610" || b != "tcp/5610-5612" {
		t.Errorf("overlap of %s and %s", a, b)
	}
	// The transaction can still be put right.
	if err := tx.Delete(PortKey{TCP, 5610, 5612}); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// TestCommitWithoutChanges writes nothing, as libsemanage does.
func TestCommitWithoutChanges(t *testing.T) {
	ts := newTestStore(t)
	before := ts.state()
	tx := ts.begin(ts.open())
	if err := tx.DeleteAll(Ports); err != nil {
		t.Fatal(err)
	}
	result, err := tx.Commit()
	if err != nil || result.Changed || result.Commit != 7 {
		t.Errorf("%+v %v", result, err)
	}
	if _, err := tx.Commit(); !errors.Is(err, ErrFinished) {
		t.Error("a second commit: ", err)
	}
	if differ(ts.state(), before, before) != "" {
		t.Error(differ(ts.state(), before, before))
	}
}

// TestUndo takes transactions back, and back again: the records, their order and
// the policy are as before.
func TestUndo(t *testing.T) {
	ts := newTestStore(t)
	s := ts.open()
	do := func(change func(*Tx) error) {
		t.Helper()
		tx := ts.begin(s)
		if err := change(tx); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Last(); !errors.Is(err, ErrNoUndo) {
		t.Errorf("undo of nothing: %v", err)
	}
	do(func(tx *Tx) error {
		return errors.Join(addPort(tx, 11), addPort(tx, 12), addPort(tx, 13), tx.Set(Boolean{"nis_enabled", true}))
	})
	ports, booleans, kern := ts.read("active/ports.local"), ts.read("active/booleans.local"),
		ts.read("active/policy.kern")
	do(func(tx *Tx) error {
		return errors.Join(tx.Delete(PortKey{TCP, 11, 11}), tx.Modify(PortKey{TCP, 12, 12}, Change{Type: "ssh_port_t"}),
			tx.Delete(PortKey{TCP, 13, 13}), addPort(tx, 14), tx.Set(Boolean{"nis_enabled", false}),
			tx.Set(Boolean{"secure_mode", true}))
	})
	changed := ts.read("active/policy.kern")
	do(undoLast)
	if ts.read("active/ports.local") != ports || ts.read("active/booleans.local") != booleans ||
		ts.read("active/policy.kern") != kern {
		t.Errorf("after undo:\n%s%s", ts.read("active/ports.local"), ts.read("active/booleans.local"))
	}
	do(undoLast)
	if ts.read("active/policy.kern") != changed {
		t.Errorf("after undoing the undo:\n%s", ts.read("active/ports.local"))
	}
	// A record that is not as the change left it makes it stale.
	do(func(tx *Tx) error { return tx.Delete(PortKey{TCP, 14, 14}) })
	last, err := s.Last()
	if err != nil {
		t.Fatal(err)
	}
	do(func(tx *Tx) error { return addPort(tx, 14) })
	tx := ts.begin(s)
	defer tx.Close()
	if err := tx.Revert(last.Changes); !errors.Is(err, ErrUndoStale) {
		t.Errorf("undo after another transaction: %v", err)
	}
}

// undoLast takes back the last transaction of the store.
func undoLast(tx *Tx) error {
	last, err := tx.store.Last()
	if err != nil {
		return err
	}
	return tx.Revert(last.Changes)
}

// TestLocks: a second transaction waits as long as it was told to.
func TestLocks(t *testing.T) {
	ts := newTestStore(t)
	first := ts.begin(ts.open())
	o := Options{Root: ts.root, NoReload: true, LockTimeout: 30 * time.Millisecond}
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := s.Begin(); !errors.Is(err, ErrLocked) {
		t.Error(err)
	}
	if waited := time.Since(start); waited < 30*time.Millisecond {
		t.Errorf("waited %v", waited)
	}
	o.LockTimeout = -1
	if s, err = Open(o); err != nil {
		t.Fatal(err)
	}
	// Who waits gets it, and is told that it waits.
	o.Waiting, o.WaitingAfter = first.Close, time.Millisecond
	if s, err = Open(o); err != nil {
		t.Fatal(err)
	}
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	tx.Close()
}

// TestStores: directories that are not a store, and stores that need more than this package.
func TestStores(t *testing.T) {
	ts := newTestStore(t)
	for _, name := range []string{"nosuch", "..", "final", "a/b"} {
		if _, err := Open(Options{Root: ts.root, Store: name}); !errors.Is(err, ErrNoStore) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []struct {
		file string // to remove, or to make
		make bool
		want Reason
	}{
		{"policy.linked", false, NoLinked},
		{"seusers.linked", false, NoComputed},
		{"preserve_tunables", true, PreserveTunables},
	} {
		ts := newTestStore(t)
		if c.make {
			ts.write("active/"+c.file, "")
		} else if err := os.Remove(ts.path("active/" + c.file)); err != nil {
			t.Fatal(err)
		}
		tx := ts.begin(ts.open())
		err := addPort(tx, 5601)
		if err == nil {
			_, err = tx.Commit()
		}
		var rebuild *RebuildError
		if !errors.As(err, &rebuild) || !errors.Is(err, ErrRebuild) || !slices.Contains(rebuild.Reasons, c.want) {
			t.Errorf("%s: %v", c.file, err)
		}
	}
	writeConfig(ts, "[verify kernel]\npath = /bin/true\n[end]\n")
	tx := ts.begin(ts.open())
	if err := addPort(tx, 5601); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Plan(); !errors.Is(err, ErrRebuild) {
		t.Error(err)
	}
	tx.Close()
	writeConfig(ts, "module-store = example.com:4242\n")
	if _, err := Open(Options{Root: ts.root}); !errors.Is(err, ErrNoStore) {
		t.Error(err)
	}
}

// TestCorruptRecords: the error says where, and nothing is changed.
func TestCorruptRecords(t *testing.T) {
	ts := newTestStore(t)
	ts.write("active/ports.local", "# comment\n\nportcon tcp 80 a:b:c\nportcon tcp x a:b:c\n")
	before := ts.state()
	_, err := ts.open().Begin()
	var parse *ParseError
	if !errors.As(err, &parse) || parse.Line != 4 || parse.File != ts.path("active/ports.local") {
		t.Errorf("%#v", err)
	}
	if d := differ(ts.state(), before, before); d != "" {
		t.Error(d)
	}
}

// TestObsoleteBoolean: a local boolean that the policy has not any more is
// dropped by the next transaction, whatever that is about.
func TestObsoleteBoolean(t *testing.T) {
	ts := newTestStore(t)
	ts.write("active/booleans.local", "gone=1\nnis_enabled=1\n")
	tx := ts.begin(ts.open())
	if err := addPort(tx, 5601); err != nil {
		t.Fatal(err)
	}
	result, err := tx.Commit()
	if err != nil || !slices.Equal(result.Obsolete, []BooleanKey{"gone"}) {
		t.Errorf("%v %v", result, err)
	}
	if got := ts.read("active/booleans.local"); got != header+"nis_enabled=1\n" {
		t.Errorf("booleans.local: %q", got)
	}
}

// TestImportOwnExport: an export can be imported over the records it was made
// of, and onto a store without them, and makes the same.
func TestImportOwnExport(t *testing.T) {
	ts := newTestStore(t)
	s := ts.open()
	tx := ts.begin(s)
	addr := netip.MustParseAddr
	for _, r := range []Record{
		httpPort(5601, 5601), httpPort(5610, 5612), Port{SCTP, 80, 80,
			Context{Type: "ssh_port_t", Range: "s0:c1,c3.c5"}},
		Boolean{"nis_enabled", true}, Interface{Name: "eth0", Context: Context{Type: "netif_t"}},
		Node{addr("10.0.0.0"), addr("255.0.0.0"), Context{Type: "node_t"}},
		Node{addr("::1"), addr("ffff::"), Context{Type: "node_t"}},
	} {
		if err := tx.Set(r); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	export := func(ts testStore) string {
		all := map[Kind][]Record{}
		for _, kind := range Kinds() {
			list, err := ts.open().Local(kind)
			if err != nil {
				t.Fatal(err)
			}
			all[kind] = list
		}
		return string(Export(all))
	}
	text := export(ts)
	if !strings.Contains(text, "port -D\n") || !strings.Contains(text,
		"port -a -t ssh_port_t -r 's0:c1,c3.c5' -p sctp 80\n") {
		t.Errorf("export:\n%s", text)
	}
	for _, target := range []testStore{ts, newTestStore(t)} {
		tx := ts.begin(target.open())
		skipped, err := tx.Import(strings.NewReader("module -D\n" + text + "permissive -a x_t\n"))
		if err != nil || len(skipped) != 2 || skipped[1].Line != strings.Count(text, "\n")+2 {
			t.Fatalf("%v %v", skipped, err)
		}
		if _, err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if got := export(target); got != text {
			t.Errorf("exported again:\n%s", got)
		}
	}
	// As semanage 3.4 does it, it fails: what was deleted counts as there.
	tx = ts.begin(s)
	tx.Strict = true
	if _, err := tx.Import(strings.NewReader(text)); !errors.Is(err, ErrExists) {
		t.Error(err)
	}
}

// TestPlan: the differences, the files, and nothing written.
func TestPlan(t *testing.T) {
	ts := newTestStore(t)
	before := ts.state()
	tx := ts.begin(ts.open())
	if err := errors.Join(addPort(tx, 5601), tx.Modify(PortKey{TCP, 443, 443},
		Change{Type: "ssh_port_t"})); err != nil {
		t.Fatal(err)
	}
	plan, err := tx.Plan()
	if err != nil || !plan.Changes() || plan.Commit != 8 || plan.Loads {
		t.Fatal(plan, err)
	}
	if len(plan.Differences) != 2 || plan.Differences[1].Before != nil ||
		plan.Differences[1].After.String() != "portcon tcp 443 system_u:object_r:ssh_port_t:s0" {
		t.Errorf("differences: %v", plan.Differences)
	}
	if len(plan.Files) != 4 || plan.Files[0] != ts.path("active/ports.local") ||
		plan.Files[3] != ts.root+"/etc/selinux/targeted/policy/policy.33" {
		t.Errorf("files: %v", plan.Files)
	}
	if d := differ(ts.state(), before, before); d != "" {
		t.Error(d)
	}
}
