package kernel

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/wire"
)

// TestKernelsFacts sets machines up at random with SECMARK rules, static labels,
// CIPSO and netifcons, has senet save the facts there, and holds what the command
// senet can says of them against what the kernel does.
func TestKernelsFacts(t *testing.T) {
	if os.Getenv("SENET_TEST_KERNEL") == "" && !long() {
		t.Skip("SENET_TEST_KERNEL is not set; make test-kernel sets it")
	}
	testenv.Need(t, qemu, "secilc", "nft", "iptables")
	rounds, each := 160, 14
	switch {
	case long():
		rounds, each = 600, 20
	case short():
		rounds, each = 14, 10
	}
	seed := uint64(20)
	for name, n := range map[string]any{"SENET_FACTS_SEED": &seed, "SENET_FACTS_ROUNDS": &rounds} {
		if v := os.Getenv(name); v != "" {
			if _, err := fmt.Sscan(v, n); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
	}
	for _, v := range Versions() {
		t.Run(string(v), func(t *testing.T) {
			t.Parallel()
			vm := bootFacts(t, v)
			t.Cleanup(func() { _ = vm.Close() })
			for _, command := range []string{"ip address add 192.0.2.1/32 dev lo", "ip -6 address add 2001:db8::1/128 dev lo nodad"} {
				if err := vm.feed("", append([]string{"/usr/sbin/ip"}, strings.Fields(command)[1:]...)...); err != nil {
					t.Fatal(err)
				}
			}
			// Connections that end must not keep their ports from the next operation.
			if err := vm.sysctl(Sysctl{"net/ipv4/tcp_max_tw_buckets", "0"}, Sysctl{"net/ipv4/tcp_max_orphans", "0"},
				Sysctl{"net/sctp/association_max_retrans", "1"}, Sysctl{"net/sctp/rto_min", "20"}, Sysctl{"net/sctp/rto_initial", "50"},
				Sysctl{"net/sctp/rto_max", "100"}, Sysctl{"net/ipv4/icmp_ratelimit", "0"}); err != nil {
				t.Fatal(err)
			}
			rng := rand.New(rand.NewPCG(seed, 1))
			f := newFactsJudge(t, vm)
			start := time.Now()
			t.Cleanup(func() {
				t.Logf("Linux %s, seed %d: %d set-ups (%v), %d operations, %d undecided, %d with a busy port, %d repeated, outcomes %v, in %v",
					vm.Release, seed, f.setUps, f.kinds, f.operations, f.depends, f.busy, f.repeated, f.seen, time.Since(start).Round(time.Second))
			})
			for range rounds {
				f.round(t, rng, each)
			}
			if f.bad > 0 {
				t.Errorf("%d of %d operations differ", f.bad, f.operations)
			}
			if f.depends*3 > f.operations {
				t.Errorf("%d of %d operations are undecided", f.depends, f.operations)
			}
			for _, errno := range []string{"", "EACCES", "ECONNREFUSED", "silence"} {
				if f.seen[errno] == 0 {
					t.Errorf("no operation came to %q", errno)
				}
			}
		})
	}
}

// A factsJudge holds the command line against a kernel.
type factsJudge struct {
	vm     *VM
	labels *labels
	dir    string
	p      *policy.Policy
	d      *access.Decider
	kernel string

	setUps, operations, depends, busy, repeated, bad int
	seen, kinds                                      map[string]int
}

func newFactsJudge(t *testing.T, vm *VM) *factsJudge {
	t.Helper()
	return &factsJudge{vm: vm, labels: newLabels(t, vm), dir: t.TempDir(), seen: map[string]int{}, kinds: map[string]int{}}
}

// round makes one set-up and asks of it.
func (f *factsJudge) round(t *testing.T, rng *rand.Rand, each int) {
	t.Helper()
	f.clear(t)
	lab := factsLab(rng)
	db, err := Permissive(lab.Policy(t).DB())
	if err != nil {
		t.Fatal(err)
	}
	f.p = policy.New(db)
	f.d = access.NewDecider(f.p)
	kernel, _ := f.p.InitialSID(policy.SIDKernel)
	f.kernel = f.p.FormatContext(kernel)
	if err := f.vm.Load(f.p); err != nil {
		t.Fatal(err)
	}
	s := randomSetUp(rng)
	if err := f.apply(s); err != nil {
		t.Fatal(err)
	}
	f.setUps++
	for _, k := range s.kinds {
		f.kinds[k]++
	}
	if f.p.HasPolicyCap(policy.CapAlwaysCheckNetwork) {
		f.kinds["always_check_network"]++
	}
	files := map[bool]string{}
	for _, enforcing := range []bool{true, false} {
		b, err := f.vm.savedFacts(enforcing)
		if err != nil {
			t.Fatal(err)
		}
		files[enforcing] = filepath.Join(cmp.Or(os.Getenv("SENET_FACTS_DIR"), f.dir), "facts-"+strconv.FormatBool(enforcing)+".json")
		if err := os.WriteFile(files[enforcing], b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	image := filepath.Join(f.dir, "policy")
	if err := os.WriteFile(image, db.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	for range each {
		q := factsOperation(rng, f.p)
		f.judge(t, s, &q, files[q.enforcing], image)
	}
}

// clear takes the last set-up away, before another policy.
func (f *factsJudge) clear(t *testing.T) {
	t.Helper()
	f.labels.clear(t)
	for _, command := range [][]string{{"nft", "flush", "ruleset"}, {"iptables-legacy", "-t", "security", "-F"}, {"iptables-legacy", "-t", "mangle", "-F"},
		{"iptables-legacy", "-t", "security", "-X"}, {"iptables-legacy", "-t", "mangle", "-X"}} {
		if err := f.vm.feed("", append([]string{"/usr/sbin/" + command[0]}, command[1:]...)...); err != nil {
			t.Fatal(err)
		}
	}
	if f.p != nil && f.setUps > 0 {
		f.labels.p = f.p
		f.labels.settle(t)
	}
}

// apply makes the machine what the set-up says.
func (f *factsJudge) apply(s *setUp) error {
	if s.nft != "" {
		if err := f.vm.feed(s.nft, "/usr/sbin/nft", "-f", "-"); err != nil {
			return err
		}
	}
	for _, rule := range s.tables {
		if err := f.vm.feed("", append([]string{"/usr/sbin/" + s.program}, rule...)...); err != nil {
			return err
		}
	}
	for _, l := range s.static {
		if err := f.labels.net.AddStatic(l); err != nil {
			return err
		}
	}
	if s.cipso != 0 {
		return f.labels.net.AddCIPSO(s.cipso, s.domains...)
	}
	return nil
}

// A factsOperation is one question, as it is asked of the command line and as it
// is done.
type factsQuestion struct {
	network.Question
	helper    string // the context of the other end
	enforcing bool
	target    string
}

// from is the address that the helper's packets come from: it connects to its own
// host.
func (q *factsQuestion) from() netip.Addr {
	if q.Addr.Is4() && q.Addr.IsLoopback() {
		return netip.MustParseAddr("127.0.0.1")
	}
	return q.Addr
}

func factsOperation(rng *rand.Rand, p *policy.Policy) factsQuestion {
	q := factsQuestion{enforcing: rng.IntN(4) > 0}
	subject, err := p.ParseContext("u:r:d_t:" + pick(rng, []string{"s0", "s0", "s0-s1:c0.c1", "s0:c0"}))
	if err != nil {
		panic(err)
	}
	q.Question = network.Question{Subject: subject, Protocol: pick(rng, []network.Protocol{network.TCP, network.TCP, network.TCP, network.UDP, network.UDP, network.SCTP}),
		Operation: pick(rng, []network.Operation{network.Connect, network.Listen, network.Send, network.Recv}),
		Addr:      netip.MustParseAddr(pick(rng, []string{"127.0.0.1", "127.0.0.1", "127.0.0.1", "192.0.2.1", "::1", "2001:db8::1"})),
		Port:      pick(rng, factsPorts), Netif: "lo"}
	if rng.IntN(2) == 0 {
		low := pick(rng, []int{1, 8000, 9000, 32768, 50000})
		q.Port = uint16(low + rng.IntN(1000))
	}
	if q.Protocol == network.UDP && q.Operation == network.Connect {
		q.Operation = network.Send
	}
	if q.Protocol == network.UDP && q.Operation == network.Listen {
		q.Operation = network.Recv
	}
	q.Host = host.Standard()
	q.Host.Enforcing = q.enforcing
	q.helper = pick(rng, []string{"u:r:h_t:s0", "u:r:h_t:s0", "u:r:h_t:s0:c0", "u:r:h_t:s1"})
	if q.Addr.Is6() {
		q.target = fmt.Sprintf("%s/[%s]:%d", q.Protocol, q.Addr, q.Port)
	} else {
		q.target = fmt.Sprintf("%s/%s:%d", q.Protocol, q.Addr, q.Port)
	}
	return q
}

// canAnswer is what the judge reads of the JSON of senet can.
type canAnswer struct {
	OwnVerdict network.Verdict `json:"own_verdict"`
	Verdict    network.Verdict `json:"verdict"`
	Filtered   string          `json:"filtered"`
	Layers     []canLayer      `json:"layers"`
	Peer       *struct {
		Verdict network.Verdict
		Layers  []canLayer
	} `json:"peer"`
}

// A canLayer is a layer of it.
type canLayer struct {
	Consulted      bool
	Source, Target string
	Class          string
	Permissive     bool
	Call           network.Call
	Errno          network.Errno
	Unknown        bool
	Perms          []struct {
		Name    string
		Allowed bool
		Logged  bool
	}
}

// ofSender puts in what the other end's machine asks of the sender's label as its
// packets arrive: interface and address, which are denials of the subject.
func (a *canAnswer) ofSender(o *outcome) {
	if a.Peer == nil || o.errno != "" {
		return
	}
	for i := range a.Peer.Layers {
		l := &a.Peer.Layers[i]
		if !l.Consulted || l.Unknown || l.Call != network.CallIngress || l.Class != "netif" && l.Class != "node" {
			continue
		}
		for _, p := range l.Perms {
			if p.Allowed {
				continue
			}
			if p.Logged {
				o.deny((&Denial{Source: l.Source, Target: l.Target, Class: l.Class, Perms: p.Name}).Key())
			}
			if !l.Permissive {
				o.call, o.errno = network.CallIngress, network.Silence
				return
			}
		}
	}
}

// ask asks the command line.
func (f *factsJudge) ask(q *factsQuestion, facts, image string) (*canAnswer, error) {
	var out, errs bytes.Buffer
	args := []string{"senet", "can", f.p.FormatContext(q.Subject), string(q.Operation), q.target, "--peer", q.helper, "--host", facts, "--policy", image, "--json"}
	if q.Operation == network.Listen || q.Operation == network.Recv {
		args = append(args, "--from", q.from().String())
	}
	code := cli.Main(args, strings.NewReader(""), &out, &errs)
	var a canAnswer
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		return nil, fmt.Errorf("%s: exit %d, %w: %s", strings.Join(args, " "), code, err, errs.String())
	}
	return &a, nil
}

// expect is what an answer says will be seen; ok is false where it leaves that
// open.
func (a *canAnswer) expect() (o outcome, ok bool) {
	for i := range a.Layers {
		l := &a.Layers[i]
		if !l.Consulted {
			continue
		}
		for _, p := range l.Perms {
			if p.Allowed {
				continue
			}
			if l.Unknown {
				return o, false
			}
			if p.Logged {
				o.deny((&Denial{Source: l.Source, Target: l.Target, Class: l.Class, Perms: p.Name}).Key())
			}
			if !l.Permissive {
				o.call, o.errno = l.Call, l.Errno
				return o, true
			}
		}
	}
	return o, true
}

// judge compares one operation.
func (f *factsJudge) judge(t *testing.T, s *setUp, q *factsQuestion, facts, image string) {
	t.Helper()
	a, err := f.ask(q, facts, image)
	if err != nil {
		t.Fatal(err)
	}
	f.operations++
	want, decided := a.expect()
	if !decided || a.OwnVerdict == network.Depends {
		f.depends++
		return
	}
	if (want.errno == "") != (a.OwnVerdict == network.Allowed) {
		t.Errorf("%s %s %s: verdict %s and %s", f.p.FormatContext(q.Subject), q.Operation, q.target, a.OwnVerdict, &want)
	}
	if q.Protocol != network.UDP { // whose sender sees nothing of it
		a.ofSender(&want)
	}
	var got outcome
	var ran *Ran
	for i := range maxRepeats {
		if i > 0 {
			f.repeated++
		}
		if got, ran, err = f.run(q); err != nil && strings.Contains(err.Error(), syscall.EADDRINUSE.Error()) ||
			err == nil && slices.ContainsFunc(ran.Results, func(r wire.Result) bool { return r.Ret == -int64(syscall.EADDRINUSE) }) {
			f.operations--
			f.busy++
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if a.agrees(&want, &got) || !packetsElsewhere(ran) {
			break
		}
	}
	f.seen[string(got.errno)]++
	if a.agrees(&want, &got) {
		return
	}
	if f.bad++; f.bad > 8 {
		return
	}
	t.Errorf("%s %s %s, enforcing %v, peer %s: senet says %s, %s filtered %q; the kernel %s\n%s\n%v\n%v\n%v %d %v",
		f.p.FormatContext(q.Subject), q.Operation, q.target, q.enforcing, q.helper, a.OwnVerdict, &want, a.Filtered, &got, s.nft, s.tables, s.static, s.kinds, s.cipso, s.domains)
	if saved, err := host.Load(facts); err == nil {
		t.Logf("    facts: secmark %v %+v, peers %v, unknown %+v", saved.Secmark, saved.SecmarkRules, saved.PeerLabelling, saved.Unknown)
	}
	for i, r := range ran.Results {
		t.Logf("    call %d: %s", i, errnoText(r))
	}
	for k := range ran.Denials {
		t.Logf("      call %d: %s", ran.Denials[k].Call, ran.Denials[k].Key())
	}
}

// agrees reports whether a kernel did what was expected. A packet that the packet
// filter drops is lost in silence, or its sender is told EPERM; denials behind
// that are none of the question.
func (a *canAnswer) agrees(want, got *outcome) bool {
	if a.Filtered != "" && want.errno == "" {
		return (got.errno == network.Silence || got.errno == network.EPERM) && slices.Equal(want.denials, got.denials)
	}
	if want.errno == network.Silence && got.errno == network.Silence {
		// Packets that are sent again may meet other rules.
		return len(got.denials) >= len(want.denials) && slices.Equal(want.denials, got.denials[:len(want.denials)])
	}
	if want.errno == "" && got.errno == "" { // both ends are asked in one go
		slices.Sort(want.denials)
		slices.Sort(got.denials)
	}
	return want.equal(got)
}

// run does the operation in the machine.
func (f *factsJudge) run(q *factsQuestion) (outcome, *Ran, error) {
	asked := q.Question
	// checksPackets makes the script wait for packets and have helpers.
	asked.Host.Secmark = true
	sc, of, err := scenarioOf(f.p, &asked)
	if err != nil {
		return outcome{}, nil, err
	}
	sc.NetNS, sc.Sysctls, sc.Addresses, sc.Secmark = false, nil, nil, ""
	sc.Helper = q.helper
	if kind, _ := network.SocketOf(q.Protocol); kind.Stream && (q.Operation == network.Connect || q.Operation == network.Send) {
		// The connection is made once the other end has it: the last packet of the
		// three arrived.
		b := scriptOf{list: sc.Calls, of: of}
		b.waitHelper()
		sc.Calls, of = b.list, b.of
	}
	ran, err := f.vm.Run(sc, f.kernel)
	if err != nil {
		return outcome{}, nil, err
	}
	class, _ := network.SocketOf(q.Protocol)
	socket := f.p.FormatContext(f.d.SocketContext(q.Subject, class.ClassUnder(f.p)))
	return observed(&asked, of, ran, q.helper, f.kernel, socket), ran, nil
}

// waitHelper appends calls that wait until the listening helper has a connection.
func (b *scriptOf) waitHelper() {
	const number, pollIn = 201, 1
	poll := make([]byte, 8)
	poll[0], poll[4] = number, pollIn
	b.do("", syscall.SYS_DUP2, HelperResult(0), Int(number))
	b.do("", syscall.SYS_POLL, Bytes(poll), Int(1), Int(pollFor))
}
