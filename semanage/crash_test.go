package semanage

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/stores"
)

// A scenario is a transaction that crash tests interrupt.
type scenario struct {
	name   string
	config string // appended to semanage.conf
	fs     faultFS
	change func(*Tx) error
}

func scenarios() []scenario {
	one := func(tx *Tx) error { return addPort(tx, 5601) }
	several := func(tx *Tx) error {
		return errors.Join(addPort(tx, 5601),
			tx.Set(Boolean{"httpd_can_network_connect", true}),
			tx.Add(Interface{Name: "eth0", Context: Context{Type: "netif_t"}}))
	}
	list := []scenario{
		// One file of records: its rename is the transaction.
		{name: "files", change: one},
		// Several: the directories are exchanged.
		{name: "trees", change: several},
		{name: "trees, kept", config: "save-previous = true\n", change: one},
		// No renameat2: two renames, and between them no active directory.
		{name: "two renames", fs: faultFS{exclude: true}, change: several},
		{name: "two renames, kept", config: "save-previous = true\n", fs: faultFS{exclude: true}, change: several},
		// overlayfs: directories stay where they are.
		{name: "overlay", fs: faultFS{overlay: true}, change: several},
		// The modules are built: files come, change and go in directories, and others
		// of /etc/selinux follow.
		{name: "build", change: build},
		{name: "build, same policy", change: buildSame},
		// Records that programs read files of: seusers, file_contexts.local, its equivalences.
		{name: "file contexts", change: labelFiles},
		{name: "logins and users", change: mapLogins},
	}
	if testenv.Long() {
		const kept = "save-previous = true\n"
		list = append(list, scenario{name: "build, kept", config: kept, change: build},
			scenario{name: "build, two renames", config: kept, fs: faultFS{exclude: true}, change: build},
			scenario{name: "build, overlay", config: kept, fs: faultFS{overlay: true}, change: build})
	}
	return list
}

// labelFiles is a transaction of file contexts and equivalences, which the policy has
// nothing of.
func labelFiles(tx *Tx) error {
	return errors.Join(
		tx.Set(FileContext{Path: "/srv/web(/.*)?", Context: Context{Type: "etc_t"}}),
		tx.Set(Equivalence{Path: "/srv/www", Like: "/var/www"}))
}

// mapLogins is a transaction of a user, which has two files and is in the policy, a login
// and a file context.
func mapLogins(tx *Tx) error {
	return errors.Join(
		tx.Set(User{Name: "web_u", Roles: "user_r", Prefix: "web"}),
		tx.Set(Login{Name: "ann", User: "web_u", Range: "s0"}),
		tx.Set(FileContext{Path: "/srv/web", Files: "-d", Context: Context{User: "web_u", Type: "etc_t"}}))
}

// build is a transaction that installs a module, changes one and removes one, with a
// record beside.
func build(tx *Tx) error {
	linked := tx.Linked().Clone()
	if err := linked.SetBool("httpd_can_network_connect", true); err != nil {
		return err
	}
	return errors.Join(rebuildWith(tx, linked), addPort(tx, 5601))
}

// buildSame changes modules and file contexts, and not the policy.
func buildSame(tx *Tx) error { return rebuildWith(tx, tx.Linked()) }

func rebuildWith(tx *Tx, linked *policydb.Policy) error {
	return tx.Rebuild(&Rebuild{
		Linked:       linked,
		SEUsers:      []byte("__default__:unconfined_u:s0\n"),
		UsersExtra:   []byte("user root prefix user;\n"),
		FileContexts: []byte("/own\tsystem_u:object_r:default_t:s0\n"),
		HomeTemplate: []byte("HOME_DIR\tsystem_u:object_r:default_t:s0\n"),
		Active: []File{
			{Name: "modules/400/own/cil", Data: []byte("(own)")},
			{Name: "modules/400/own/lang_ext", Data: []byte("cil")},
			{Name: "modules/100/base/cil", Data: []byte("(new base)")},
			{Name: "modules/100/web", Remove: true},
			{Name: "modules/disabled/web", Remove: true},
			{Name: "disable_dontaudit", Remove: true},
		},
	})
}

// start makes a store with a record in it, ready for the scenario.
func (sc scenario) start(t *testing.T) testStore {
	ts := newTestStore(t)
	s := ts.open()
	s.inject(&faultFS{})
	tx := ts.begin(s)
	if err := addPort(tx, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	writeConfig(ts, sc.config)
	return ts
}

// again makes the store that a state was read from once more.
func again(t *testing.T, state map[string]string) testStore {
	ts := testStore{t, stores.Dir(t)}
	for _, path := range slices.Sorted(maps.Keys(state)) {
		var err error
		if state[path] == "directory" {
			err = os.MkdirAll(ts.root+path, 0o755)
		} else {
			err = os.WriteFile(ts.root+path, []byte(state[path]), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return ts
}

// run does the transaction with a fault at step n and returns its error.
func (sc scenario) run(ts testStore, fault faultFS) (*faultFS, error) {
	s := ts.open()
	fault.exclude, fault.overlay = sc.fs.exclude, sc.fs.overlay
	s.inject(&fault)
	tx, err := s.Begin()
	if err != nil {
		return &fault, err
	}
	defer tx.Close()
	if err := sc.change(tx); err != nil {
		return &fault, err
	}
	_, err = tx.Commit()
	return &fault, err
}

// states returns the files before and after a scenario, relative to the root.
func (sc scenario) states(t *testing.T) (before, after map[string]string, steps int) {
	ts := sc.start(t)
	before = relative(ts)
	f, err := sc.run(ts, faultFS{})
	if err != nil {
		t.Fatal(err)
	}
	return before, relative(ts), f.step
}

func relative(ts testStore) map[string]string {
	files := map[string]string{}
	for path, text := range ts.state() {
		files[strings.TrimPrefix(path, ts.root)] = text
	}
	return files
}

// settled makes an empty transaction, which repairs, and returns what was
// repaired. It fails the test where the policy cannot be read.
func settled(t *testing.T, ts testStore) []Repair {
	t.Helper()
	s := ts.open()
	s.inject(&faultFS{})
	tx, err := s.Begin()
	if err != nil {
		t.Fatal("the next transaction: ", err)
	}
	defer tx.Close()
	for _, name := range []string{s.activePath("policy.kern"), "/etc/selinux/targeted/policy/policy.33"} {
		if _, err := s.readPolicy(name); err != nil {
			t.Fatal(err)
		}
	}
	return tx.Repairs()
}

// TestCrash stops a transaction at every step: the next one finds the state before or the state
// after, and nothing is left over. A killed process and a loss of power take turns; a long run
// tries both at each step.
func TestCrash(t *testing.T) {
	for _, sc := range scenarios() {
		for turn := range testenv.Rounds(1, 2) {
			t.Run(fmt.Sprintf("%s/%d", sc.name, turn), func(t *testing.T) {
				before, after, steps := sc.states(t)
				seen := map[bool]int{}
				for n := 1; n <= steps; n++ {
					ts := again(t, before)
					f, err := sc.run(ts, faultFS{n: n, powerLoss: (n+turn)%2 == 0})
					if !f.stopped {
						t.Fatalf("step %d of %d was not reached: %v", n, steps, err)
					}
					// At any moment the kernel policy is whole: a host would boot.
					if _, err := ts.open().readPolicy("/etc/selinux/targeted/policy/policy.33"); err != nil {
						t.Fatalf("step %d: installed policy: %v", n, err)
					}
					repairs := settled(t, ts)
					now := relative(ts)
					old, done := maps.Equal(now, before), maps.Equal(now, after)
					if !old && !done {
						t.Fatalf("step %d of %d: neither the old nor the new state after %v:\n%s", n, steps, repairs,
							differ(now, before, after))
					}
					seen[done]++
					if again := settled(t, ts); len(again) > 0 {
						t.Fatalf("step %d: repaired twice: %v, %v", n, repairs, again)
					}
				}
				if seen[false] == 0 || seen[true] == 0 {
					t.Errorf("only one of the states was seen: %v", seen)
				}
				t.Logf("%d steps: %d old, %d new", steps, seen[false], seen[true])
			})
		}
	}
}

// differ names the files in which a state is like neither of two.
func differ(now, before, after map[string]string) string {
	var out []string
	names := slices.Sorted(maps.Keys(now))
	for name := range before {
		if _, ok := now[name]; !ok {
			out = append(out, "gone: "+name)
		}
	}
	for _, name := range names {
		_, had := before[name]
		_, has := after[name]
		switch {
		case !had && !has:
			out = append(out, "left over: "+name)
		case now[name] != before[name] && now[name] != after[name]:
			out = append(out, "neither: "+name)
		case now[name] != before[name]:
			out = append(out, "new: "+name)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestCrashInRepair stops the repair too, at every step of it.
func TestCrashInRepair(t *testing.T) {
	for _, sc := range scenarios() {
		t.Run(sc.name, func(t *testing.T) {
			before, after, steps := sc.states(t)
			stride := 11
			if strings.HasPrefix(sc.name, "build") {
				stride = 37 // more steps, each with more files
			}
			if testenv.Long() {
				stride = 1
			}
			for n := 1; n <= steps; n += stride {
				for m := 1; ; m += 1 + stride/2 {
					ts := again(t, before)
					_, _ = sc.run(ts, faultFS{n: n}) // stopped
					s := ts.open()
					f := &faultFS{n: m, powerLoss: m%2 == 0}
					s.inject(f)
					if tx, err := s.Begin(); err == nil {
						tx.Close()
					}
					settled(t, ts)
					if now := relative(ts); !maps.Equal(now, before) && !maps.Equal(now, after) {
						t.Fatalf("step %d, repair's step %d:\n%s", n, m, differ(now, before, after))
					}
					if !f.stopped {
						break
					}
				}
			}
		})
	}
}

// TestFailure fails each step with an error instead: a transaction that fails
// leaves the old state, at once and without a repair, or says that it happened. Two errors take
// turns; a long run tries both at each step.
func TestFailure(t *testing.T) {
	for turn := range testenv.Rounds(1, 2) {
		for _, sc := range scenarios() {
			t.Run(fmt.Sprintf("%s/%d", sc.name, turn), func(t *testing.T) {
				before, after, steps := sc.states(t)
				for n := 1; n <= steps; n++ {
					errno := []error{syscall.ENOSPC, syscall.EIO}[(n+turn)%2]
					ts := again(t, before)
					_, err := sc.run(ts, faultFS{n: n, fail: errno})
					now := relative(ts)
					switch {
					case err == nil:
						settled(t, ts)
						now = relative(ts)
						if !maps.Equal(now, after) {
							t.Fatalf("step %d: no error, but:\n%s", n, differ(now, before, after))
						}
					case errors.Is(err, ErrUnfinished):
						settled(t, ts)
						if now = relative(ts); !maps.Equal(now, after) {
							t.Fatalf("step %d: %v, but:\n%s", n, err, differ(now, before, after))
						}
					default:
						if !errors.Is(err, errno) || errno == syscall.ENOSPC && !errors.Is(err, ErrNoSpace) {
							t.Fatalf("step %d: error %v", n, err)
						}
						if errors.Is(err, syscall.EXDEV) { // tidying up failed
							settled(t, ts)
							now = relative(ts)
						}
						if !maps.Equal(now, before) {
							t.Fatalf("step %d: %v, but:\n%s", n, err, differ(now, before, after))
						}
					}
				}
			})
		}
	}
}

// TestDecodable checks the content of a scenario's new policy.
func TestDecodable(t *testing.T) {
	ts := newTestStore(t)
	tx := ts.begin(ts.open())
	if err := addPort(tx, 5601); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	db, err := policydb.Decode([]byte(ts.read("active/policy.kern")))
	if err != nil {
		t.Fatal(err)
	}
	if p := db.OContexts.Ports[0]; p.Low != 5601 || p.High != 5601 || p.Protocol != 6 {
		t.Errorf("first port: %+v", p)
	}
}
