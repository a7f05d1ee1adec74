package semanage_test

import (
	"fmt"
	"os/exec"
	"testing"

	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// diskCopy copies Debian's store to a directory that is not in memory.
func diskCopy(b *testing.B) string {
	b.Helper()
	root := b.TempDir()
	stores.CopyInto(b, root, "default")
	return root
}

// BenchmarkAddPort is one whole transaction on a copy of Debian's store, from
// Open to the disk: what semanage port -a -N does.
func BenchmarkAddPort(b *testing.B) {
	root := diskCopy(b)
	b.ReportAllocs()
	port := 0
	for b.Loop() {
		port++
		s := open(b, root)
		mustApply(b, s, fmt.Sprintf("port -a -t http_port_t -p sctp %d", 1024+port%60000))
	}
}

// BenchmarkPlan is the part of it that does not write.
func BenchmarkPlan(b *testing.B) {
	root := diskCopy(b)
	s := open(b, root)
	b.ReportAllocs()
	for b.Loop() {
		tx, err := s.Begin()
		if err != nil {
			b.Fatal(err)
		}
		if err := tx.Add(semanage.Port{Protocol: semanage.TCP, Low: 5601, High: 5601,
			Context: semanage.Context{Type: "http_port_t"}}); err != nil {
			b.Fatal(err)
		}
		if _, err := tx.Plan(); err != nil {
			b.Fatal(err)
		}
		tx.Close()
	}
}

// BenchmarkSemanage is semanage itself on such a copy, without the start of
// Python and its modules.
func BenchmarkSemanage(b *testing.B) {
	stores.NeedSemanage(b)
	root := diskCopy(b)
	o := stores.Start(b, root, "default")
	port := 0
	for b.Loop() {
		port++
		o.Must("port", "-a", "-N", "-t", "http_port_t", "-p", "sctp", fmt.Sprint(1024+port))
	}
}

// BenchmarkSemanageProcess is the command as an administrator runs it, on such
// a copy: the system's own store stays untouched.
func BenchmarkSemanageProcess(b *testing.B) {
	stores.NeedSemanage(b)
	root := diskCopy(b)
	port := 0
	for b.Loop() {
		port++
		name, args := stores.SemanageCommand(root, "port", "-a", "-N", "-t", "http_port_t", "-p", "sctp",
			fmt.Sprint(1024+port))
		if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
}
