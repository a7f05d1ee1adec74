package stores_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// TestAgainstSemanage does the same random things to two copies of a store, by semanage on one and
// senet on the other, and lets them change places halfway: after each step the stores are the same,
// byte for byte, and both refuse the same commands. Two things differ on purpose: adding what is so
// is no error for senet, and neither is importing what is so, as for semanage since 3.5.
func TestAgainstSemanage(t *testing.T) {
	stores.NeedSemanage(t)
	for _, store := range []string{"default", "mls"} {
		t.Run(store, func(t *testing.T) {
			steps := 40
			if store == "mls" { // whose semanage takes three times as long
				steps = 16
			}
			if testenv.Long() {
				steps = 300
			}
			theirs := stores.Usual(t, store)
			o := stores.Start(t, theirs, store)
			// Its first transaction brings file_contexts.homedirs up to date with
			// this machine's /etc/passwd.
			o.Must("port", "-a", "-N", "-S", store, "-t", "http_port_t", "-p", "tcp", "5600")
			ours := stores.Dir(t)
			if err := stores.Clone(theirs, ours, store); err != nil {
				t.Fatal(err)
			}
			d := &differential{t: t, store: store, theirs: theirs, ours: ours, o: o,
				g: recordGenerator{stores.Words{Rand: rand.New(rand.NewPCG(3, uint64(len(store)))), Bad: 14}}}
			for step := range steps {
				if step == steps/2 {
					d.theirs, d.ours = d.ours, d.theirs
					d.o = stores.Start(t, d.theirs, store)
				}
				d.step(step)
			}
			t.Logf("%d steps: %d refused by both, %d nothing to do, %d undone and done again", steps, d.refused,
				d.nothing, d.undone)
			if d.refused == 0 || d.undone == 0 {
				t.Error("the steps are not what they should be")
			}
			d.compareLists()
		})
	}
}

// A differential is two copies of one store.
type differential struct {
	t                              *testing.T
	store, theirs, ours            string
	o                              *stores.Semanage
	g                              recordGenerator
	done, refused, nothing, undone int
}

// senet runs senet on its copy.
func (d *differential) senet(stdin string, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	args = slices.Concat([]string{"senet"}, args, []string{"--root", d.ours, "-S", d.store})
	code = cli.Main(args, strings.NewReader(stdin), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func (d *differential) step(n int) {
	d.t.Helper()
	text, importing := d.g.command(), d.g.Rand.IntN(8) == 0
	args, input := strings.Fields(text), ""
	if importing {
		lines := []string{text}
		for range d.g.Rand.IntN(5) {
			if line := d.g.command(); strings.Fields(line)[0] == args[0] {
				lines = append(lines, line)
			}
		}
		input = strings.Join(lines, "\n") + "\n"
		text = "import " + input
	}
	var reply stores.Reply
	if importing {
		reply = d.o.Run(input, "import", "-N", "-S", d.store)
		args = []string{args[0], "import"}
	} else {
		reply = d.o.Run("", append(slices.Clone(args), "-N", "-S", d.store)...)
	}
	if args[0] == "boolean" {
		args[0] = "bool"
	}
	if importing && reply.RC != 0 && strings.Contains(reply.Err, "defined") {
		return // what was there before the transaction counts for semanage 3.4
	}
	_, pending, _ := d.senet(input, append(slices.Clone(args), "--dry-run", "--json")...)
	before := d.snap(d.ours)
	code, out, errs := d.senet(input, append(slices.Clone(args), "--json", "-N", "--yes")...)
	var answer, promise struct {
		Status  string
		Effects any
	}
	if code == 0 {
		if err := json.Unmarshal([]byte(out), &answer); err != nil {
			d.t.Fatalf("step %d: %s: %v\n%s", n, text, err, out)
		}
	}
	switch refused := reply.RC != 0; {
	case answer.Status == "nothing":
		d.nothing++
	case refused && code != 0:
		d.refused++
	case refused != (code != 0):
		d.t.Fatalf("step %d: %s\nsemanage: exit %d %s\nsenet: exit %d %s%s", n, text, reply.RC, reply.Err, code, out,
			errs)
	}
	if code != 0 && code != 64 && code != 65 { // a mistake, or a file that is not what it should be
		d.t.Fatalf("step %d: %s: exit %d", n, text, code)
	}
	if diff := d.snap(d.theirs).Diff(d.snap(d.ours)); diff != "" {
		d.t.Fatalf("step %d: %s (%s)\n%s", n, text, errs, diff)
	}
	if answer.Status != "done" {
		return
	}
	// --dry-run said the same, by another way: from the whole new policy.
	if err := json.Unmarshal([]byte(pending), &promise); err != nil {
		d.t.Fatalf("step %d: %s --dry-run: %v\n%s", n, text, err, pending)
	}
	if diff := cmp.Diff(promise.Effects, answer.Effects); diff != "" {
		d.t.Fatalf("step %d: %s: --dry-run promised something else:\n%s", n, text, diff)
	}
	if d.done++; d.done%4 == 1 {
		d.undo(n, args[0], before)
	}
}

// undo takes a step back, and that back again.
func (d *differential) undo(n int, command string, before stores.Snapshot) {
	d.t.Helper()
	after := d.snap(d.ours)
	undo := []string{command, "--undo"}
	for _, want := range []stores.Snapshot{before, after} {
		want.DropEmpty() // without records a file may be there or not
		code, out, errs := d.senet("", append(undo, "-N", "--json", "--yes")...)
		if code != 0 {
			d.t.Fatalf("step %d: undo: exit %d %s", n, code, errs)
		}
		var done struct{ Transaction int }
		if err := json.Unmarshal([]byte(out), &done); err != nil {
			d.t.Fatalf("step %d: undo: %v\n%s", n, err, out)
		}
		undo = []string{"undo", strconv.Itoa(done.Transaction)}
		got := d.snap(d.ours)
		got.DropEmpty()
		if diff := want.Diff(got); diff != "" {
			d.t.Fatalf("step %d: after undo:\n%s", n, diff)
		}
	}
	d.undone++
}

func (d *differential) snap(root string) stores.Snapshot {
	d.t.Helper()
	s, err := stores.Snap(root, d.store, stores.Parts{})
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// compareLists compares the two programs' lists of one store: each reads the other's.
func (d *differential) compareLists() {
	d.t.Helper()
	for _, kind := range []string{"port", "boolean", "node", "interface"} {
		command := strings.TrimSuffix(kind, "ean")
		reply := d.o.Run("", kind, "-E", "-S", d.store)
		_, out, errs := d.senet("", command, "-E")
		if diff := cmp.Diff(reply.Out, out); diff != "" {
			d.t.Errorf("%s -E: %s%s\n%s", kind, reply.Err, errs, diff)
		}
	}
	reply := d.o.Run("", "port", "-l", "-n", "-S", d.store)
	_, out, _ := d.senet("", "port", "-l", "-n")
	if diff := cmp.Diff(portSets(reply.Out), portSets(out)); diff != "" {
		d.t.Errorf("port -l:\n%s", diff)
	}
}

// portSets reads the lines of semanage port -l: the ports by type and protocol.
// senet has lines of their own for ports with another range than s0, which it
// says behind the type; semanage does not show it.
func portSets(text string) map[string][]string {
	sets := map[string][]string{}
	for line := range strings.Lines(text) {
		label, ports, _ := strings.Cut(line, " ")
		typ, _, _ := strings.Cut(label, ":")
		fields := strings.Fields(strings.NewReplacer(",", " ", "+", "", "*", "").Replace(ports))
		if len(fields) > 1 {
			name := typ + " " + fields[0]
			sets[name] = append(sets[name], fields[1:]...)
		}
	}
	for name, ports := range sets {
		// semanage lists a record of the policy once, with the local label.
		slices.Sort(ports)
		sets[name] = slices.Compact(ports)
	}
	return sets
}

// A recordGenerator makes commands.
type recordGenerator struct{ stores.Words }

func (g *recordGenerator) command() string {
	switch n := g.Rand.IntN(100); {
	case n < 55:
		return g.port()
	case n < 70:
		return fmt.Sprintf("boolean %s %s %s", g.Pick("-m", "--modify"), g.Pick("--on", "--off", "-1", "-0"),
			g.Mostly("httpd_can_network_connect httpd_enable_cgi allow_execheap ssh_sysadm_login", "no_such_boolean"))
	case n < 82:
		return g.node()
	case n < 94:
		return g.with("interface", g.Pick("lo", "eth0", "eth1"), "", g.Mostly("netif_t", "nosuch_t", "http_port_t"))
	}
	return g.Pick("port", "boolean", "node", "interface") + " " + g.Pick("-D", "--deleteall")
}

// with writes a command in one of the spellings that argparse takes.
func (g *recordGenerator) with(kind, key, flags, typ string) string {
	name := typ
	typ = g.Pick("-t "+typ, "--type "+typ, "--type="+typ, "-t"+typ)
	switch g.Rand.IntN(8) {
	case 0, 1:
		return strings.Join([]string{kind, g.Pick("-d", "--delete"), flags, key}, " ")
	case 2, 3:
		return strings.Join([]string{kind, g.Pick("-m", "--modify"), typ, flags, key, g.level()}, " ")
	case 4:
		return strings.Join([]string{kind, flags, typ, g.level(), key, "--add"}, " ")
	case 5:
		return strings.Join([]string{kind, g.Pick("-at ", "-at") + name, flags, key}, " ")
	}
	return strings.Join([]string{kind, g.Pick("-a", "--add"), typ, flags, g.level(), key}, " ")
}

func (g *recordGenerator) level() string {
	if level := g.Level(); level != "" {
		return g.Pick("-r ", "--range ", "-r") + level
	}
	return ""
}

func (g *recordGenerator) port() string {
	port, proto, typ := g.Port()
	return g.with("port", port, g.Pick("-p ", "--proto ", "-p", "--proto=")+proto, typ)
}

func (g *recordGenerator) node() string {
	addr, mask, proto := g.Node()
	return g.with("node", addr, "-M "+mask+" -p "+proto, g.Mostly("node_t", "http_port_t"))
}
