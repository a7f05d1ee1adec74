package stores_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// TestConcurrentWriters: eight senet processes and one semanage add ports to one
// store at once. No record is lost, no lock held and nothing left.
func TestConcurrentWriters(t *testing.T) {
	stores.NeedSemanage(t)
	root := stores.Copy(t, "default")
	writers, length := 8, 5*time.Second
	if testenv.Long() {
		length = time.Minute
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := stores.Start(t, root, "default")
	deadline := time.Now().Add(length)
	added := make([][]int, writers+1)
	busy := 0
	var wg sync.WaitGroup
	for w := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i == 0 || time.Now().Before(deadline); i++ {
				port := 1000*(w+1) + i%1000
				out, err := senetProcess(self, "port", "add", "-N", "-q", "--yes", "--root", root, "-t",
					"http_port_t", "-p", "sctp", fmt.Sprint(port))
				switch {
				case err == nil:
					added[w] = append(added[w], port)
				default:
					t.Errorf("writer %d: %v: %s", w, err, out)
					return
				}
			}
		}()
	}
	for i := 0; time.Now().Before(deadline); i++ {
		// libsemanage tries for the lock once a second, five times.
		reply := o.Run("", "port", "-a", "-N", "-t", "http_port_t", "-p", "sctp", fmt.Sprint(50000+i))
		if reply.RC == 0 {
			added[writers] = append(added[writers], 50000+i)
		} else {
			busy++
		}
	}
	wg.Wait()
	out, err := senetProcess(self, "port", "list", "--local", "-n", "--root", root, "sctp/1-65535")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	total := 0
	for w, list := range added {
		for _, port := range list {
			if !strings.Contains(out, fmt.Sprintf("sctp/%d ", port)) {
				t.Errorf("writer %d: sctp/%d is lost", w, port)
			}
		}
		total += len(list)
		if w < writers && len(list) == 0 {
			t.Errorf("writer %d never came through", w)
		}
	}
	if n := strings.Count(out, "local record"); n != total {
		t.Errorf("%d records, %d added", n, total)
	}
	left, err := stores.Left(root, "default")
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	// One more by each: nobody holds a lock.
	if out, err := senetProcess(self, "port", "add", "-N", "--yes", "--root", root, "-t", "http_port_t", "-p", "udp",
		"60007"); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	o.Must("port", "-a", "-N", "-t", "http_port_t", "-p", "udp", "60008")
	t.Logf("%d records by %d senet, %d by semanage; which found the store locked %d times", total-len(added[writers]),
		writers, len(added[writers]), busy)
}

// senetProcess runs senet as a process of its own and returns its output.
func senetProcess(self string, args ...string) (string, error) {
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "senet" // see TestMain
	out, err := cmd.CombinedOutput()
	return string(out), err
}
