package semanage

import (
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

// TestCheck breaks a store in one way each and looks for the code of the finding, and
// that nothing is repaired.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		wrong func(ts testStore) error
		want  []FindingCode
	}{
		{"sound", func(testStore) error { return nil }, nil},
		{"a sandbox", func(ts testStore) error { return os.Mkdir(ts.path("tmp"), 0o700) },
			[]FindingCode{FindUnfinished}},
		{"no policy.linked", func(ts testStore) error { return os.Remove(ts.path("active/policy.linked")) },
			[]FindingCode{FindMissing}},
		{"no number", func(ts testStore) error { return os.Remove(ts.path("active/commit_num")) },
			[]FindingCode{FindMissing}},
		{"damaged records", func(ts testStore) error {
			return os.WriteFile(ts.path("active/nodes.local"), []byte("nonsense\n"), 0o600)
		}, []FindingCode{FindDamaged}},
		{"half a policy", func(ts testStore) error { return os.Truncate(ts.path("active/policy.kern"), 1000) },
			[]FindingCode{FindDamaged}},
		{"a record that the policy lacks", func(ts testStore) error {
			return os.WriteFile(ts.path("active/ports.local"),
				[]byte("portcon tcp 7777 system_u:object_r:http_port_t:s0\n"), 0o600)
		}, []FindingCode{FindRecords}},
		{"another installed policy", func(ts testStore) error {
			return os.WriteFile(ts.root+"/etc/selinux/targeted/policy/policy.33", []byte("x"), 0o600)
		}, []FindingCode{FindInstalled}},
		{"writable by all", func(ts testStore) error { return os.Chmod(ts.path("active"), 0o777) },
			[]FindingCode{FindUnsafe}},
		{"a file that all may write to", func(ts testStore) error {
			return os.Chmod(ts.path("active/commit_num"), 0o606)
		}, []FindingCode{FindUnsafe}},
		{"an installed policy that all may write to", func(ts testStore) error {
			return os.Chmod(ts.root+"/etc/selinux/targeted/policy/policy.33", 0o666)
		}, []FindingCode{FindUnsafe}},
		{"a module's file that all may write to", func(ts testStore) error {
			dir := ts.path("active/modules/100/base")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(dir+"/cil", []byte("x"), 0o600); err != nil {
				return err
			}
			return os.Chmod(dir+"/cil", 0o662)
		}, []FindingCode{FindUnsafe}},
		{"a directory of modules that all may write to", func(ts testStore) error {
			dir := ts.path("active/modules/400")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
			return os.Chmod(dir, 0o777)
		}, []FindingCode{FindUnsafe}},
		{"a FIFO among the contexts", func(ts testStore) error {
			if err := os.MkdirAll(ts.root+"/etc/selinux/targeted/contexts/users", 0o755); err != nil {
				return err
			}
			return syscall.Mkfifo(ts.root+"/etc/selinux/targeted/contexts/users/root", 0o600)
		}, []FindingCode{FindKind}},
		{"a file that a group may write to", func(ts testStore) error {
			if os.Geteuid() != 0 {
				return os.Chmod(ts.path("active/commit_num"), 0o606) // only root gives files to groups
			}
			if err := os.Chown(ts.path("active/commit_num"), 0, 4242); err != nil {
				return err
			}
			return os.Chmod(ts.path("active/commit_num"), 0o660)
		}, []FindingCode{FindUnsafe}},
		{"a link", func(ts testStore) error {
			return os.Symlink("/nowhere", ts.path("tmp"))
		}, []FindingCode{FindKind}},
	} {
		ts := newTestStore(t)
		tx := ts.begin(ts.open())
		if err := addPort(tx, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := c.wrong(ts); err != nil {
			t.Fatal(err)
		}
		list, err := ts.open().Check()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		var codes []FindingCode
		for _, f := range list {
			codes = append(codes, f.Code)
		}
		if !slices.Equal(codes, c.want) {
			t.Errorf("%s: %v, want %v", c.name, list, c.want)
		}
	}
}

// TestCheckLoaded: that the kernel runs another policy than the installed one is found,
// and that only the values of booleans differ, or the order of records, is not.
func TestCheckLoaded(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func(p *policydb.Policy) error
		want string // "" for no finding
	}{
		{"the same", func(*policydb.Policy) error { return nil }, ""},
		{"a boolean was set", func(p *policydb.Policy) error {
			return p.SetBool("nis_enabled", p.Bools.Items[0].State == 0)
		}, ""},
		{"another order", func(p *policydb.Policy) error {
			p.OContexts.Nodes = slices.Clone(p.OContexts.Nodes)
			slices.Reverse(p.OContexts.Nodes)
			return nil
		}, ""},
		{"without the record", func(p *policydb.Policy) error {
			return p.RemovePort(0)
		}, "port tcp/1 is not in the kernel's"},
		{"a record more", func(p *policydb.Policy) error {
			port := p.OContexts.Ports[0]
			port.Low, port.High = 7, 7
			return p.AddPort(port)
		}, "the kernel's has port tcp/7;"},
		{"a rule more", func(p *policydb.Policy) error { return p.AddAllow(1, 1, 1, 1) },
			"the kernel's has a rule for "},
	} {
		ts := newTestStore(t)
		tx := ts.begin(ts.open())
		if err := addPort(tx, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		p, err := policydb.Decode([]byte(ts.read("active/policy.kern")))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.edit(p); err != nil {
			t.Fatal(err)
		}
		s := ts.withKernel(&tellingKernel{fakeKernel{version: 33}, p.Encode()})
		list, err := s.Check()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		said := ""
		for _, f := range list {
			said += string(f.Code) + " " + f.Err.Error()
		}
		found := strings.HasPrefix(said, "loaded ") && strings.Contains(said, c.want)
		if c.want == "" && said != "" || c.want != "" && !found {
			t.Errorf("%s: %q, want %q", c.name, said, c.want)
		}
	}
}

// A tellingKernel tells which policy it runs.
type tellingKernel struct {
	fakeKernel
	policy []byte
}

func (k *tellingKernel) Policy() ([]byte, error) { return k.policy, nil }
