package semanage_test

import (
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// TestSemanageAfterCrash: where semanage runs next after a transaction was
// killed, and not this package, it too finds the old or the new state; and this
// package finds its way afterwards.
func TestSemanageAfterCrash(t *testing.T) {
	theirs, base, _ := pair(t, "default", []string{"port", "-a", "-N", "-t", "http_port_t", "-p", "tcp", "5600"})
	_ = theirs
	const change = "port -a -t http_port_t -p tcp 5601"
	next := []string{"boolean", "-m", "-N", "--on", "httpd_can_network_connect"}
	// run copies the store, stops our transaction at a step, lets semanage make another one, and
	// returns the files after that.
	run := func(stop int, transaction bool) (state stores.Snapshot, steps int) {
		root := stores.Dir(t)
		if err := stores.CopyTree(base, root); err != nil {
			t.Fatal(err)
		}
		if transaction {
			s := open(t, root)
			counted := semanage.StopAt(s, stop)
			_ = apply(s, true, change) // stopped, or not
			steps = counted()
		}
		stores.Start(t, root, "default").Must(next...)
		state = snap(t, root, "default", false)
		// How many transactions there were is not what counts.
		maps.DeleteFunc(state, func(path, _ string) bool { return strings.HasSuffix(path, "/commit_num") })
		after := open(t, root)
		if err := apply(after, true, "port -a -t http_port_t -p udp 5600"); err != nil {
			t.Errorf("stopped at %d: %v", stop, err)
		}
		if err := os.RemoveAll(root); err != nil {
			t.Error(err)
		}
		return state, steps
	}
	old, _ := run(0, false)
	done, steps := run(0, true)
	if old.Diff(done) == "" {
		t.Fatal("the two states are one")
	}
	first, stride := steps-13, 6
	if testenv.Long() {
		first, stride = 1, 1
	}
	seen := map[bool]int{}
	for stop := first; stop <= steps; stop += stride {
		state, _ := run(stop, true)
		isOld, isNew := old.Diff(state) == "", done.Diff(state) == ""
		if !isOld && !isNew {
			t.Errorf("stopped at %d of %d:\n%s", stop, steps, done.Diff(state))
		}
		seen[isNew]++
	}
	t.Logf("%d steps; seen: old %d, new %d", steps, seen[false], seen[true])
}
