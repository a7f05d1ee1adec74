package semanage_test

import (
	"fmt"
	"os/exec"
	"testing"

	"github.com/senet-selinux/senet/semanage"
)

// BenchmarkAddPort is one whole transaction on a copy of Debian's store, from
// Open to the disk: what semanage port -a -N does.
func BenchmarkAddPort(b *testing.B) {
	root := copySystemTo(b, b.TempDir(), "default")
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
	root := copySystemTo(b, b.TempDir(), "default")
	s := open(b, root)
	b.ReportAllocs()
	for b.Loop() {
		tx, err := s.Begin()
		if err != nil {
			b.Fatal(err)
		}
		if err := tx.Add(semanage.Port{Protocol: semanage.TCP, Low: 5601, High: 5601, Context: semanage.Context{Type: "http_port_t"}}); err != nil {
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
	needOracle(b)
	root := copySystemTo(b, b.TempDir(), "default")
	o := startOracle(b, root, "default")
	port := 0
	for b.Loop() {
		port++
		o.must("port", "-a", "-N", "-t", "http_port_t", "-p", "sctp", fmt.Sprint(1024+port))
	}
}

// BenchmarkSemanageProcess is the command as an administrator runs it, on such
// a copy: the system's own store stays untouched.
func BenchmarkSemanageProcess(b *testing.B) {
	needOracle(b)
	root := copySystemTo(b, b.TempDir(), "default")
	const script = "import sys, runpy, semanage\nsemanage.semanage_set_root(sys.argv.pop(1))\nrunpy.run_path('/usr/sbin/semanage', run_name='__main__')\n"
	port := 0
	for b.Loop() {
		port++
		cmd := exec.Command(debianPython, "-c", script, root, "port", "-a", "-N", "-t", "http_port_t", "-p", "sctp", fmt.Sprint(1024+port))
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
}
