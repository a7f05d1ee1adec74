package semanage

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
)

// killEnv makes the test binary a writer to be killed.
const killEnv = "SENET_TEST_WRITER"

// TestMain runs the writer where a test started it.
func TestMain(m *testing.M) {
	if root := os.Getenv(killEnv); root != "" {
		writer(root)
		return
	}
	os.Exit(m.Run())
}

// writer adds and deletes ports until it is killed; every other transaction
// changes several files of records.
func writer(root string) {
	for n := 0; ; n++ {
		s, err := Open(Options{Root: root, NoReload: true, LockTimeout: -1})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		tx, err := s.Begin()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		port := uint16(20000 + n%50)
		if k := (PortKey{TCP, port, port}); tx.exists(k) {
			err = tx.Delete(k)
		} else {
			err = addPort(tx, port)
		}
		if n%2 == 1 && err == nil {
			err = tx.Set(Boolean{"httpd_can_network_connect", n%4 == 1})
		}
		if err == nil {
			_, err = tx.Commit()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
	}
}

// TestKill kills writers at random moments: afterwards the store is what a
// transaction on its records would have made it, nothing is left over, and the
// next writer goes on.
func TestKill(t *testing.T) {
	if _, err := os.Executable(); err != nil {
		t.Skip("the test binary is not known: ", err)
	}
	kills := 40
	if testenv.Long() {
		kills = 1000
	} else if testing.Short() {
		kills = 5
	}
	ts := newTestStore(t)
	self, _ := os.Executable()
	repaired := map[RepairAction]int{}
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 0))
	commits := 0
	for range kills {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), killEnv+"="+ts.root)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(15+rng.IntN(120)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // killed
		if cmd.ProcessState.ExitCode() == 3 {
			t.Fatal("the writer failed")
		}
		for _, r := range settled(t, ts) {
			repaired[r.Action]++
		}
		commits = consistent(t, ts)
	}
	t.Logf("%d kills, %d commits, repairs %v", kills, commits, repaired)
	if commits < kills/4 {
		t.Errorf("only %d commits", commits)
	}
}

// consistent checks that the derived files agree with the records, and returns the number of
// transactions.
func consistent(t *testing.T, ts testStore) int {
	t.Helper()
	s := ts.open()
	tx := ts.begin(s)
	defer tx.Close()
	db, _, err := buildPolicy(tx.linked, &tx.local)
	if err != nil {
		t.Fatal(err)
	}
	if tx.number > 7 && ts.read("active/policy.kern") != string(db.Encode()) {
		t.Fatal("policy.kern is not what the records say")
	}
	final, err := os.ReadFile(ts.root + "/etc/selinux/targeted/policy/policy.33")
	if err != nil {
		t.Fatal(err)
	}
	if string(final) != ts.read("active/policy.kern") {
		t.Fatal("the installed policy is not policy.kern")
	}
	for path := range maps.Keys(ts.state()) {
		if base := path[len(ts.root):]; base == "/var/lib/selinux/targeted/tmp" ||
			base == "/var/lib/selinux/targeted/previous" {
			t.Fatal("left over: ", base)
		}
	}
	return tx.number - 7
}
