package semanage

import (
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// modelScenarios are those whose steps the model makes itself.
func modelScenarios() []scenario {
	same := func(tx *Tx) error { // a policy.kern that does not change
		if err := tx.Set(Port{TCP, 1, 1, Context{Type: "http_port_t"}}); err != nil {
			return err
		}
		return tx.Set(Boolean{"httpd_can_network_connect", false})
	}
	var list []scenario
	for _, sc := range scenarios() {
		if !sc.fs.exclude && !sc.fs.overlay {
			list = append(list, sc)
		}
	}
	del := func(tx *Tx) error { return tx.Delete(PortKey{TCP, 1, 1}) }
	return append(list, scenario{name: "delete", change: del}, scenario{name: "same", change: same},
		scenario{name: "same boolean", change: func(tx *Tx) error {
			return tx.Set(Boolean{"httpd_can_network_connect",
				false})
		}})
}

// TestPowerCut cuts the power after every step of a transaction, with every order in
// which what is not synced can have reached the disk: the next transaction finds the
// old state or the new one, and the new one once Commit has said so. A usual run leaves five
// in six of the later states before the end out.
func TestPowerCut(t *testing.T) {
	random := seeded(t)
	for _, sc := range append(modelScenarios(), scenario{name: "two renames"},
		scenario{name: "two renames, kept", config: "save-previous = true\n"}) {
		t.Run(sc.name, func(t *testing.T) {
			if strings.HasPrefix(sc.name, "two renames") {
				for _, other := range scenarios() {
					if other.name == sc.name {
						sc = other
					}
				}
			}
			before, after, _ := sc.states(t)
			cuts, outcomes := sc.cut(t, random, before, after)
			t.Logf("%d states after a power cut: %d old, %d new", cuts, outcomes[false], outcomes[true])
			if outcomes[false] == 0 || outcomes[true] == 0 || cuts < 20 {
				t.Error("the model has too few states to tell anything")
			}
		})
	}
}

// usualCuts are the first states of a transaction after a power cut, which are all checked in
// a usual run too.
const usualCuts = 30

// cut makes the transaction on a model of the disk and checks every state.
func (sc scenario) cut(t *testing.T, random *rand.Rand, before, after map[string]string) (cuts int,
	outcomes map[bool]int) {
	t.Helper()
	ts := again(t, before)
	s := ts.open()
	// Who begins with the state on the disk has the undo file and the locks, too.
	m := newModel(s, relative(ts))
	if sc.fs.exclude {
		s.fsys = &noExchange{m}
	}
	outcomes = map[bool]int{}
	seen := map[uint64]bool{}
	committed := false
	check := func(m *modelFS) {
		for _, state := range m.states(random, seen) {
			if !testenv.Long() && !committed && cuts > usualCuts && random.IntN(6) > 0 {
				continue
			}
			cuts++
			done := sc.settle(t, state, before, after)
			outcomes[done]++
			if committed && !done {
				t.Fatal("the transaction was committed, and is gone")
			}
		}
	}
	m.crashed = check
	tx, err := s.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Close()
	if err := sc.change(tx); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	// What was left to tidy up when Commit returned does not take the change back.
	committed, seen = true, map[uint64]bool{}
	check(m)
	return cuts, outcomes
}

// settle repairs a state and reports whether it is the new one.
func (sc scenario) settle(t *testing.T, state, before, after map[string]string) bool {
	t.Helper()
	ts := again(t, state)
	defer os.RemoveAll(ts.root)
	repairs := settled(t, ts)
	now := relative(ts)
	if !maps.Equal(now, before) && !maps.Equal(now, after) {
		t.Fatalf("neither the old nor the new state after %v:\n%s\nrepaired from:\n%s", repairs,
			differ(now, before, after), differ(state, before, after))
	}
	return maps.Equal(now, after)
}

// A noExchange is a file system that cannot exchange directories.
type noExchange struct{ *modelFS }

func (*noExchange) exchange(_, _ string) error { return errors.ErrUnsupported }

// firstCuts are the states after a power cut that a long run repairs, of each scenario:
// all of them, a thousand, leave a hundred thousand after a second one, which take hours.
const firstCuts = 40

// TestPowerCutInRepair cuts the power while a repair is made, too. The states that it
// repairs are a sample, of a seed that is printed; what a cut in a repair leaves is
// checked once, whichever repair it was.
func TestPowerCutInRepair(t *testing.T) {
	random := seeded(t)
	for _, sc := range modelScenarios() {
		t.Run(sc.name, func(t *testing.T) {
			before, after, _ := sc.states(t)
			ts := again(t, before)
			s := ts.open()
			m := newModel(s, relative(ts))
			seen := map[uint64]bool{}
			var first []map[string]string
			m.crashed = func(m *modelFS) { first = append(first, m.states(random, seen)...) }
			tx, err := s.Begin()
			if err == nil {
				err = sc.change(tx)
			}
			if err == nil {
				_, err = tx.Commit()
			}
			if err != nil {
				t.Fatal(err)
			}
			cuts := 0
			most := 1
			if os.Getenv("SENET_TEST_LONG") == "1" {
				most = firstCuts
			}
			seenAgain := map[uint64]bool{}
			random.Shuffle(len(first), func(i, k int) { first[i], first[k] = first[k], first[i] })
			all := len(first)
			first = first[:min(most, len(first))]
			for _, state := range first {
				again := again(t, state)
				s := again.open()
				m := newModel(s, relative(again))
				m.crashed = func(m *modelFS) {
					for _, state := range m.states(random, seenAgain) {
						cuts++
						sc.settle(t, state, before, after)
					}
				}
				tx, err := s.Begin()
				if err != nil {
					t.Fatal(err)
				}
				tx.Close()
				os.RemoveAll(again.root)
			}
			t.Logf("%d of %d states repaired, %d states after a second power cut", len(first), all, cuts)
		})
	}
}

// seeded returns random numbers that SENET_TEST_SEED makes the same again.
func seeded(t *testing.T) *rand.Rand { return rand.New(rand.NewPCG(testenv.Seed(t), 0)) }
