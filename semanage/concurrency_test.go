package semanage_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// TestConcurrency: several writers and semanage at once on one store. No record
// is lost, and all is in order afterwards.
func TestConcurrency(t *testing.T) {
	stores.NeedSemanage(t)
	root := stores.Usual(t, "default")
	first, err := open(t, root).CommitNumber()
	if err != nil {
		t.Fatal(err)
	}
	o := stores.Start(t, root, "default")
	writers, length := 4, 4*time.Second
	if testenv.Long() {
		writers, length = 8, time.Minute
	}
	deadline := time.Now().Add(length)
	added := make([]int, writers+1)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for time.Now().Before(deadline) {
				s, err := semanage.Open(semanage.Options{Root: root, NoReload: true, LockTimeout: -1})
				if err == nil {
					err = apply(s, false, fmt.Sprintf("port -a -t http_port_t -p sctp %d", 1000*(w+1)+added[w]))
				}
				if err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
				added[w]++
				time.Sleep(40 * time.Millisecond)
			}
		}()
	}
	failed := 0
	for time.Now().Before(deadline) {
		// libsemanage tries for the lock once a second, five times.
		r := o.Run("", "port", "-a", "-N", "-t", "http_port_t", "-p", "sctp", fmt.Sprint(50000+added[writers]))
		if r.RC != 0 {
			failed++
			continue
		}
		added[writers]++
	}
	wg.Wait()
	s := open(t, root)
	list, err := s.Local(semanage.Ports)
	if err != nil {
		t.Fatal(err)
	}
	have := map[semanage.Key]bool{}
	for _, r := range list {
		have[r.Key()] = true
	}
	total := 0
	for w, n := range added {
		base := 1000 * (w + 1)
		if w == writers {
			base = 50000
		}
		for i := range n {
			port := uint16(base + i)
			if !have[semanage.PortKey{Protocol: semanage.SCTP, Low: port, High: port}] {
				t.Errorf("writer %d: port %d is lost", w, port)
			}
		}
		total += n
	}
	number, err := s.CommitNumber()
	if err != nil || len(list) != total || number != first+total {
		t.Errorf("%d records, %d added, transaction %d, %v", len(list), total, number, err)
	}
	t.Logf("%d by %d writers, %d by semanage, which found the store locked %d times", total-added[writers], writers,
		added[writers], failed)
	if total == added[writers] {
		t.Error("no writer came through")
	}
	// One more by each: nothing is locked or left.
	mustApply(t, s, "port -a -t http_port_t -p udp 7")
	o.Must("port", "-a", "-N", "-t", "http_port_t", "-p", "udp", "8")
}
