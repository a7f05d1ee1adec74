package ledger_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/ledger"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// A fact is what a difference has here, and the number of the change that made it so,
// 0 for another program's.
type fact struct {
	here string
	by   int
}

// A sequence is a store that two programs change in turns, with what should differ.
type sequence struct {
	t       *testing.T
	rand    *rand.Rand
	store   *change.Store
	foreign *stores.Semanage
	state
	back  []func() // take the steps back
	moved bool     // a record was deleted by semanage, which adds it elsewhere
}

// A state is what the ledger should say, and what senet said last of a record: where
// semanage makes a record as the newest change of senet left it, that change is named.
type state struct {
	facts map[string]fact // by kind and key
	senet map[string]fact
}

func (s *state) clone() state { return state{maps.Clone(s.facts), maps.Clone(s.senet)} }

// TestRandomChanges: after each of many changes by senet and by semanage the ledger
// names every difference, no other, and who made it; taking all of them back, each by
// the program that made it, gives the first state of the store, byte for byte.
func TestRandomChanges(t *testing.T) {
	stores.NeedSemanage(t)
	root := stores.Few(t)
	store, err := change.Open(change.Options{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	q := &sequence{t: t, rand: rand.New(rand.NewPCG(testenv.Seed(t), 15)), store: store,
		state:   state{facts: map[string]fact{}, senet: map[string]fact{}},
		foreign: stores.Start(t, root, "default")}
	q.foreign.Must("dontaudit", "off") // builds the few modules, twice
	q.foreign.Must("dontaudit", "on")
	q.foreign.Must("fcontext", "-a", "-t", "user_home_t", "/srv/c") // leaves empty files
	q.foreign.Must("fcontext", "-d", "/srv/c")
	q.foreign.Must("port", "-a", "-t", "ssh_port_t", "-p", "tcp", "6000")
	q.facts["port tcp/6000"] = fact{here: "ssh_port_t"}
	q.facts["boolean ssh_sysadm_login"] = fact{here: "off"}
	q.foreign.Must("boolean", "-m", "--off", "ssh_sysadm_login")
	q.check("first")
	parts := stores.Parts{Modules: true}
	first, err := stores.Snap(root, "default", parts)
	if err != nil {
		t.Fatal(err)
	}
	for n := range testenv.Rounds(4, 300) {
		if t.Failed() {
			break
		}
		step := fmt.Sprint(n, " ", q.step())
		t.Log(step)
		q.check(step)
	}
	for _, undo := range slices.Backward(q.back) {
		undo()
	}
	// libsepol orders rules otherwise where it has just compiled them; a transaction of
	// records, which the first state was of too, reads and writes them once more.
	q.foreign.Must("boolean", "-m", "--off", "ssh_sysadm_login")
	last, err := stores.Snap(root, "default", parts)
	if err != nil {
		t.Fatal(err)
	}
	first.DropEmpty()
	last.DropEmpty()
	if q.moved {
		sortLocal(first)
		sortLocal(last)
	}
	if diff := first.Diff(last); diff != "" {
		t.Error("after all is taken back:\n", diff)
	}
}

// sortLocal sorts the lines of the files of local records.
func sortLocal(s stores.Snapshot) {
	for path, text := range s {
		if strings.HasSuffix(path, ".local") {
			lines := strings.Split(text, "\n")
			slices.Sort(lines)
			s[path] = strings.Join(lines, "\n")
		}
	}
}

// check compares the ledger with what should be in it.
func (q *sequence) check(step string) {
	q.t.Helper()
	l, err := ledger.Read(context.Background(), q.store, ledger.Options{})
	if err != nil {
		q.t.Fatalf("%s: %v", step, err)
	}
	got := map[string]fact{}
	for _, i := range l.Items {
		f := fact{here: i.Here}
		if i.By != nil {
			f.by = i.By.ID
		}
		got[string(i.Kind)+" "+i.Key] = f
	}
	if len(l.Gaps) > 0 || !maps.Equal(got, q.facts) {
		q.t.Errorf("%s: gaps %v\n got %v\nwant %v", step, l.Gaps, got, q.facts)
	}
}

func (q *sequence) pick(list ...string) string { return list[q.rand.IntN(len(list))] }

// set notes a difference that semanage made, or that there is none any more where f is zero.
func (q *sequence) set(key string, f fact) {
	if last := q.senet[key]; last.here == f.here {
		f.by = last.by
	}
	if f == (fact{}) {
		delete(q.facts, key)
		return
	}
	q.facts[key] = f
}

// bySenet notes what senet made of a record, or that it deleted it where f is zero.
func (q *sequence) bySenet(key string, f fact) {
	q.senet[key] = f
	q.set(key, f)
}

// step changes something and returns what.
func (q *sequence) step() string {
	before := q.clone()
	text := ""
	switch q.rand.IntN(12) {
	case 0, 1, 2, 3:
		text = q.senetRecord()
	case 4:
		text = q.senetModule()
	case 5:
		return q.senetUndo(before)
	default:
		text = q.semanage()
	}
	if text != "nothing" {
		last := q.back[len(q.back)-1]
		q.back[len(q.back)-1] = func() {
			last()
			q.state = before
		}
	}
	return text
}

// apply makes a change by senet and returns its number.
func (q *sequence) apply(c change.Change) int {
	done, err := q.store.Apply(context.Background(), -1, c, change.About{Title: "a step"})
	if err != nil {
		q.t.Fatalf("%+v: %v", c, err)
	}
	if !done.Changed {
		return 0
	}
	id := done.Entry.ID
	q.back = append(q.back, func() { q.undo(id) })
	return id
}

func (q *sequence) undo(id int) int {
	done, err := q.store.Undo(context.Background(), id)
	if err != nil {
		q.t.Fatalf("undo of %d: %v", id, err)
	}
	return done.Entry.ID
}

var (
	stepPorts    = []uint16{6000, 6001, 6002}
	stepBooleans = []string{"ssh_sysadm_login", "allow_ssh_keysign", "xserver_object_manager"}
)

// senetRecord sets or deletes a port or a boolean.
func (q *sequence) senetRecord() string {
	if q.rand.IntN(3) == 0 {
		b := semanage.Boolean{Name: q.pick(stepBooleans...), On: q.rand.IntN(2) == 0}
		value := "off"
		if b.On {
			value = "on"
		}
		key := "boolean " + b.Name
		if q.facts[key].here == value {
			return "nothing"
		}
		q.bySenet(key, fact{value, q.apply(change.Change{Records: []semanage.Difference{change.Set(b)}})})
		return "senet " + b.String()
	}
	port := stepPorts[q.rand.IntN(len(stepPorts))]
	p := semanage.Port{Protocol: semanage.TCP, Low: port, High: port, Context: semanage.Context{User: "system_u",
		Role: "object_r", Type: q.pick("ssh_port_t", "http_port_t", "xserver_port_t"), Range: "s0"}}
	key := "port " + p.Key().String()
	had, local := q.facts[key]
	if local && q.rand.IntN(3) == 0 {
		q.apply(change.Change{Records: []semanage.Difference{change.Delete(p)}})
		q.bySenet(key, fact{})
		return "senet deletes " + key
	}
	if had.here == p.Context.Type {
		return "nothing"
	}
	q.bySenet(key, fact{p.Context.Type, q.apply(change.Change{Records: []semanage.Difference{change.Set(p)}})})
	return "senet " + p.String()
}

// senetModule installs a module that makes a domain permissive, or removes it.
func (q *sequence) senetModule() string {
	domain := q.pick("sshd_t", "crond_t")
	name := "step_" + domain
	text := "(typepermissive " + domain + ")\n"
	module, permissive := "module 400/"+name, "permissive "+domain
	if _, there := q.facts[module]; there {
		q.apply(change.Change{Module: &change.Module{Name: name, Before: text}})
		q.set(module, fact{})
		q.set(permissive, fact{})
		if _, other := q.facts["module 400/permissive_"+domain]; other {
			q.set(permissive, fact{here: "permissive"})
		}
		return "senet removes " + name
	}
	if _, other := q.facts[permissive]; other {
		return "nothing"
	}
	id := q.apply(change.Change{Module: &change.Module{Name: name, After: text}})
	q.set(module, fact{"priority 400", id})
	q.set(permissive, fact{"permissive", id})
	return "senet installs " + name
}

// senetUndo takes the last step back, if senet made it, and that back at the end.
func (q *sequence) senetUndo(before state) string {
	history, err := q.store.History()
	if err != nil {
		q.t.Fatal(err)
	}
	last, err := q.store.Last()
	if err != nil || len(history) == 0 || history[len(history)-1].ID != last.ID {
		return "nothing"
	}
	step := q.back[len(q.back)-1]
	q.back = q.back[:len(q.back)-1]
	step() // which leaves q.facts as they were
	history, err = q.store.History()
	if err != nil {
		q.t.Fatal(err)
	}
	id := history[len(history)-1].ID
	q.back = append(q.back, step, func() {
		q.undo(id)
		q.state = before
	})
	// The step itself is undone again after that, by a number that stands again.
	return fmt.Sprint("senet undoes ", last.ID)
}

// semanage changes something by semanage, and notes how semanage takes it back.
func (q *sequence) semanage() string {
	run := func(back []string, args ...string) string {
		q.foreign.Must(args...)
		q.back = append(q.back, func() { q.foreign.Must(back...) })
		return "semanage " + strings.Join(args, " ")
	}
	toggle := func(key string, f fact, add, del []string) string {
		if _, there := q.facts[key]; there {
			q.set(key, fact{})
			return run(add, del...)
		}
		q.set(key, f)
		return run(del, add...)
	}
	switch q.rand.IntN(6) {
	case 0:
		port := fmt.Sprint(stepPorts[q.rand.IntN(len(stepPorts))])
		typ := q.pick("ssh_port_t", "http_port_t", "xserver_port_t")
		key := "port tcp/" + port
		had, there := q.facts[key]
		q.set(key, fact{here: typ})
		if !there {
			return run([]string{"port", "-d", "-p", "tcp", port}, "port", "-a", "-t", typ, "-p", "tcp", port)
		}
		if had.here == typ {
			q.set(key, fact{})
			q.moved = true
			return run([]string{"port", "-a", "-t", typ, "-p", "tcp", port}, "port", "-d", "-p", "tcp", port)
		}
		return run([]string{"port", "-m", "-t", had.here, "-p", "tcp", port},
			"port", "-m", "-t", typ, "-p", "tcp", port)
	case 1:
		pattern := "/srv/" + q.pick("a", "b") + "(/.*)?"
		return toggle("fcontext "+pattern, fact{here: "user_home_t"},
			[]string{"fcontext", "-a", "-t", "user_home_t", pattern}, []string{"fcontext", "-d", pattern})
	case 2:
		name := q.pick("games", "news")
		return toggle("login "+name, fact{here: "staff_u"},
			[]string{"login", "-a", "-s", "staff_u", "-r", "s0", name}, []string{"login", "-d", name})
	case 3:
		if _, there := q.facts["permissive getty_t"]; there {
			q.set("module 400/permissive_getty_t", fact{})
		} else {
			q.set("module 400/permissive_getty_t", fact{here: "priority 400"})
		}
		return toggle("permissive getty_t", fact{here: "permissive"},
			[]string{"permissive", "-a", "getty_t"}, []string{"permissive", "-d", "getty_t"})
	case 4:
		return toggle("dontaudit dontaudit", fact{here: "off"},
			[]string{"dontaudit", "off"}, []string{"dontaudit", "on"})
	}
	name := q.pick(stepBooleans...)
	key := "boolean " + name
	if had, there := q.facts[key]; there {
		other := map[string]string{"on": "off", "off": "on"}[had.here]
		q.set(key, fact{here: other})
		return run([]string{"boolean", "-m", "--" + had.here, name}, "boolean", "-m", "--"+other, name)
	}
	return "nothing" // semanage cannot delete one boolean
}
