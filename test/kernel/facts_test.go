package kernel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
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
	rounds, each, seed := 160, 14, uint64(20)
	switch {
	case long():
		rounds, each = 600, 20
	case short():
		rounds, each, seed = 14, 10, 21 // a seed in which each outcome occurs
	}
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
			for _, command := range []string{"ip address add 192.0.2.1/32 dev lo",
				"ip -6 address add 2001:db8::1/128 dev lo nodad"} {
				if err := vm.feed("", append([]string{"/usr/sbin/ip"}, strings.Fields(command)[1:]...)...); err != nil {
					t.Fatal(err)
				}
			}
			// Connections that end must not keep their ports from the next operation.
			if err := vm.sysctl(Sysctl{"net/ipv4/tcp_max_tw_buckets", "0"}, Sysctl{"net/ipv4/tcp_max_orphans", "0"},
				Sysctl{"net/sctp/association_max_retrans", "1"}, Sysctl{"net/sctp/rto_min", "20"},
				Sysctl{"net/sctp/rto_initial", "50"},
				Sysctl{"net/sctp/rto_max", "100"}, Sysctl{"net/ipv4/icmp_ratelimit", "0"}); err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{"default", "mls"} {
				vm.runsLoaded(t, testenv.Policy(t, kind))
			}
			rng := rand.New(rand.NewPCG(seed, 1))
			f := newFactsJudge(t, vm)
			start := time.Now()
			t.Cleanup(func() {
				t.Logf("Linux %s, seed %d: %d set-ups (%v), %d operations, %d undecided, %d with a busy port, %d "+
					"without another end, %d repeated, outcomes %v, in %v: %v preparing, %v asking, %v running",
					vm.Release, seed, f.setUps, f.kinds, f.operations, f.depends, f.busy, f.unmade, f.repeated,
					f.seen, time.Since(start).Round(time.Second),
					f.preparing.Round(time.Second), f.asking.Round(time.Second), f.running.Round(time.Second))
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
	last   *setUp // that the machine has

	setUps, operations, depends, busy, unmade, repeated, bad int
	seen, kinds                                              map[string]int
	preparing, asking, running                               time.Duration
}

func newFactsJudge(t *testing.T, vm *VM) *factsJudge {
	t.Helper()
	return &factsJudge{vm: vm, labels: newLabels(t, vm), dir: t.TempDir(), seen: map[string]int{},
		kinds: map[string]int{}}
}

// round makes one set-up and asks of it.
func (f *factsJudge) round(t *testing.T, rng *rand.Rand, each int) {
	t.Helper()
	start := time.Now()
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
	f.vm.runsPolicy(t, db)
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
	enforcing := rng.IntN(4) > 0
	b, err := f.vm.savedFacts(enforcing)
	if err != nil {
		t.Fatal(err)
	}
	facts := filepath.Join(f.dir, "facts.json")
	if err := os.WriteFile(facts, b, 0o600); err != nil {
		t.Fatal(err)
	}
	image := filepath.Join(f.dir, "policy")
	if err := os.WriteFile(image, db.Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	f.preparing += time.Since(start)
	for range each {
		q := factsOperation(rng, f.p, enforcing)
		f.judge(t, s, &q, facts, image)
	}
}

// clear takes the last set-up away, before another policy.
func (f *factsJudge) clear(t *testing.T) {
	t.Helper()
	f.labels.clear(t)
	if f.last == nil {
		return
	}
	if err := f.vm.feed("", "/usr/sbin/nft", "flush", "ruleset"); err != nil {
		t.Fatal(err)
	}
	if len(f.last.xfrm) > 0 {
		if err := f.vm.feed("", "/usr/sbin/ip", "xfrm", "policy", "flush"); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range f.last.tables {
		if strings.Contains(x.program, "legacy") {
			if err := f.vm.feed(noTables, "/usr/sbin/"+x.program); err != nil {
				t.Fatal(err)
			}
		}
	}
	f.labels.p = f.p
	f.labels.settle(t)
}

// noTables empties what set-ups write, and takes back the policies of chains.
const noTables = `*raw
:PREROUTING ACCEPT
:OUTPUT ACCEPT
COMMIT
*mangle
:PREROUTING ACCEPT
:INPUT ACCEPT
:OUTPUT ACCEPT
:POSTROUTING ACCEPT
COMMIT
*security
:INPUT ACCEPT
:OUTPUT ACCEPT
COMMIT
`

// apply sets the machine up.
func (f *factsJudge) apply(s *setUp) error {
	f.last = s
	if s.nft != "" {
		if err := f.vm.feed(s.nft, "/usr/sbin/nft", "-f", "-"); err != nil {
			return err
		}
	}
	for _, x := range s.tables {
		if err := f.vm.feed(x.rules, "/usr/sbin/"+x.program, "--noflush"); err != nil {
			return err
		}
	}
	for _, command := range s.xfrm {
		if err := f.vm.feed("", append([]string{"/usr/sbin/ip", "xfrm"}, strings.Fields(command)...)...); err != nil {
			return err
		}
	}
	net := f.labels.net
	for _, l := range s.static {
		if err := net.AddStatic(l); err != nil {
			return err
		}
	}
	if s.refuses {
		if err := net.Accept(false); err != nil {
			return err
		}
	}
	if s.doi != nil {
		if err := net.Define(s.doi); err != nil {
			return err
		}
	}
	if s.calipso {
		if err := net.DefineCALIPSO(); err != nil {
			return err
		}
	}
	for _, d := range s.domains {
		// A domain has entries by address or one for all; a second is refused.
		if err := net.Map(d); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.EEXIST) {
			return fmt.Errorf("%v: %w", d, err)
		}
	}
	if s.standard != nil {
		if err := net.Map(*s.standard); err != nil {
			return err
		}
		// Without it sockets of IPv6 cannot be made.
		return net.MapDefault6(DomainMap{Protocol: protocolUnlabelled})
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

func factsOperation(rng *rand.Rand, p *policy.Policy, enforcing bool) factsQuestion {
	q := factsQuestion{enforcing: enforcing}
	subject, err := p.ParseContext("u:r:d_t:" + pick(rng, []string{"s0", "s0", "s0-s1:c0.c1", "s0:c0"}))
	if err != nil {
		panic(err)
	}
	q.Question = network.Question{Subject: subject, Protocol: pick(rng,
		[]network.Protocol{network.TCP, network.TCP, network.TCP, network.UDP, network.UDP, network.SCTP}),
		Operation: pick(rng, []network.Operation{network.Connect, network.Listen, network.Send, network.Recv}),
		Addr: netip.MustParseAddr(pick(rng, []string{"127.0.0.1", "127.0.0.1", "127.0.0.1", "192.0.2.1", "::1",
			"2001:db8::1"})),
		Port: pick(rng, factsPorts), Netif: "lo"}
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

// canAnswer has the fields of senet can's JSON that the judge reads.
type canAnswer struct {
	OwnVerdict network.Verdict `json:"own_verdict"`
	Verdict    network.Verdict `json:"verdict"`
	Filtered   string          `json:"filtered"`
	MayFilter  string          `json:"may_be_filtered"`
	command    []string
	stream     bool       // it is of a connection
	serves     bool       // connections
	waits      bool       // for the other end, as a server
	open       bool       // which of several labels a packet has that is refused with each
	Layers     []canLayer `json:"layers"`
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
	LabelledBy     string `json:"labelled_by"`
	NotConsulted   string `json:"not_consulted"`
	Perms          []canPerm
}

// A canPerm is a permission of a layer.
type canPerm struct {
	Name, Reason    string
	Allowed, Logged bool
}

// ofSender puts in what the other end's machine asks of the sender's label as its
// packets arrive, interface and address, which are denials of the subject. It
// reports whether a refusal ends it all.
func (a *canAnswer) ofSender(o *outcome) (ended bool) {
	if a.Peer == nil {
		return false
	}
	for i := range a.Peer.Layers {
		l := &a.Peer.Layers[i]
		// An answer that is lost where it leaves is lost to both ends.
		if l.Consulted && !l.Unknown && l.Call == network.CallEgress && slices.ContainsFunc(l.Perms,
			func(p canPerm) bool { return p.Reason == string(network.NetLabelDrops) }) {
			o.call, o.errno = network.CallIngress, network.Silence
			return true
		}
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
				return true
			}
		}
	}
	return false
}

// ask asks the command line.
func (f *factsJudge) ask(q *factsQuestion, facts, image string) (*canAnswer, error) {
	var out, errs bytes.Buffer
	args := []string{"senet", "can", "--as-is", f.p.FormatContext(q.Subject), string(q.Operation), q.target,
		"--peer", q.helper, "--host", facts, "--policy", image, "--json"}
	if q.Operation == network.Listen || q.Operation == network.Recv {
		args = append(args, "--from", q.from().String())
	}
	code := cli.Main(args, strings.NewReader(""), &out, &errs)
	var a canAnswer
	if err := json.Unmarshal(out.Bytes(), &a); err != nil {
		return nil, fmt.Errorf("%s: exit %d, %w: %s", strings.Join(args, " "), code, err, errs.String())
	}
	a.command = args
	a.waits = q.Operation == network.Listen || q.Operation == network.Recv
	a.stream = q.Protocol != network.UDP
	a.serves = a.waits && a.stream
	return &a, nil
}

// expect returns the outcome that follows from an answer; ok is false where it leaves that
// open. The other end looks at a packet when it has left this one: at a client's before its
// answer arrives, at a server's answer before anything is received.
func (a *canAnswer) expect(q *factsQuestion) (o outcome, ok bool) {
	asked := q.Protocol == network.UDP // whose sender sees nothing of the other end
	next := network.CallIngress
	if q.Operation == network.Listen || q.Operation == network.Recv {
		next = network.CallReceive
	}
	for i := range a.Layers {
		l := &a.Layers[i]
		if l.Call == network.CallIngress && a.waits && a.peerFails() {
			o.call, o.errno = network.CallIngress, network.Silence
			return o, true
		}
		if l.Call == next && !asked {
			if asked = true; a.ofSender(&o) {
				return o, true
			}
		}
		if !l.Consulted {
			if a.Filtered != "" && l.NotConsulted == a.Filtered && a.stream {
				return o, true // no call on the connection is reached
			}
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
				a.open = a.open || strings.Contains(l.LabelledBy, ", which depends on ")
				o.deny((&Denial{Source: l.Source, Target: l.Target, Class: l.Class, Perms: p.Name}).Key())
			}
			if !l.Permissive {
				o.call, o.errno = l.Call, l.Errno
				return o, true
			}
		}
	}
	if a.waits && a.peerFails() {
		o.call, o.errno = network.CallIngress, network.Silence
		return o, true
	}
	if !asked {
		a.ofSender(&o)
	}
	return o, true
}

// peerFails reports whether NetLabel keeps the other end from sending.
func (a *canAnswer) peerFails() bool {
	return a.Peer != nil && slices.ContainsFunc(a.Peer.Layers, func(l canLayer) bool {
		return slices.ContainsFunc(l.Perms, func(p canPerm) bool { return p.Reason == string(network.NetLabelFails) })
	})
}

// refused reports whether a layer of this end refuses the operation.
func (a *canAnswer) refused() bool {
	return slices.ContainsFunc(a.Layers, func(l canLayer) bool {
		return l.Consulted && !l.Permissive && slices.ContainsFunc(l.Perms, func(p canPerm) bool { return !p.Allowed })
	})
}

// judge compares one operation.
func (f *factsJudge) judge(t *testing.T, s *setUp, q *factsQuestion, facts, image string) {
	t.Helper()
	start := time.Now()
	a, err := f.ask(q, facts, image)
	f.asking += time.Since(start)
	if err != nil {
		t.Fatal(err)
	}
	f.operations++
	want, decided := a.expect(q)
	if !decided || a.OwnVerdict == network.Depends {
		f.depends++
		return
	}
	if own := a.refused(); own != (a.OwnVerdict != network.Allowed) {
		t.Errorf("%s %s %s: verdict %s and %s", f.p.FormatContext(q.Subject), q.Operation, q.target, a.OwnVerdict,
			&want)
	}
	defer func(start time.Time) { f.running += time.Since(start) }(time.Now())
	var got outcome
	var ran *Ran
	for i := range maxRepeats {
		if i > 0 {
			f.repeated++
		}
		if got, ran, err = f.run(q); err != nil && strings.Contains(err.Error(), syscall.EADDRINUSE.Error()) ||
			err == nil && slices.ContainsFunc(ran.Results, func(r wire.Result) bool {
				return r.Ret == -int64(syscall.EADDRINUSE)
			}) {
			f.operations--
			f.busy++
			return
		}
		if err != nil && strings.HasPrefix(err.Error(), "preparing, ") { // NetLabel cannot label the other end's socket
			f.operations--
			f.unmade++
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
	t.Errorf("%s %s %s, enforcing %v, peer %s: senet says %s, %s filtered %q; the kernel %s\n%s",
		f.p.FormatContext(q.Subject), q.Operation, q.target, q.enforcing, q.helper, a.OwnVerdict, &want, a.Filtered,
		&got, s)
	f.keep(t, a, facts, image)
	for i, r := range ran.Results {
		t.Logf("    call %d: %s", i, errnoText(r))
	}
	for k := range ran.Denials {
		t.Logf("      call %d: %s", ran.Denials[k].Call, ran.Denials[k].Key())
	}
}

// keep keeps the facts and the policy of a mismatch where SENET_FACTS_DIR says, so
// that the command can be repeated.
func (f *factsJudge) keep(t *testing.T, a *canAnswer, facts, image string) {
	t.Helper()
	dir := os.Getenv("SENET_FACTS_DIR")
	if dir == "" {
		return
	}
	dir = filepath.Join(dir, fmt.Sprintf("%s-%d", f.vm.Version, f.bad))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"facts.json": facts, "policy": image} {
		b, err := os.ReadFile(file)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("    in %s: %s", dir, strings.NewReplacer(facts, "facts.json", image, "policy", " --json",
		"").Replace(strings.Join(a.command, " ")))
}

// agrees reports whether a kernel did what was expected. A packet that the packet
// filter drops is lost in silence, or its sender is told EPERM; denials behind
// that are none of the question. Nobody is told of a datagram that is dropped as it
// arrives.
func (a *canAnswer) agrees(want, got *outcome) bool {
	certain, lost := a.Filtered != "", a.Filtered+a.MayFilter != ""
	if !a.stream && !a.waits && strings.Contains(a.Filtered+a.MayFilter, " as it arrives: ") {
		certain, lost = false, false
	}
	if a.open {
		want, got = want.anyPacket(), got.anyPacket()
	}
	silent := got.errno == network.Silence || got.errno == network.EPERM
	if lost && want.errno == "" && (certain || got.errno != "") {
		return silent && slices.Equal(want.denials, got.denials)
	}
	if lost && silent && len(got.denials) < len(want.denials) &&
		slices.Equal(want.denials[:len(got.denials)], got.denials) {
		return true // lost before what else refuses it
	}
	if want.errno == network.Silence && got.errno == network.Silence {
		// Packets that are sent again may meet other rules.
		return len(got.denials) >= len(want.denials) && slices.Equal(want.denials, got.denials[:len(want.denials)])
	}
	if want.errno == "" && got.errno == "" { // both ends are asked in one go
		if a.serves {
			got = got.withoutConnection(want)
		}
		slices.Sort(want.denials)
		slices.Sort(got.denials)
	}
	return want.equal(got)
}

// anyPacket is an outcome in which all packets have one label.
func (o *outcome) anyPacket() *outcome {
	out := &outcome{call: o.call, errno: o.errno}
	for _, key := range o.denials {
		if words := strings.Fields(key); len(words) == 4 && words[2] == "packet" {
			key = words[0] + " * packet " + words[3]
		}
		out.deny(key)
	}
	return out
}

// withoutConnection leaves out refusals that are only logged, of packets that leave a connection
// when it is made. They have the level of the connection, which the answer does not tell.
func (o *outcome) withoutConnection(want *outcome) *outcome {
	out := &outcome{call: o.call, errno: o.errno}
	for _, key := range o.denials {
		words := strings.Fields(key)
		leaves := len(words) == 4 && slices.Contains([]string{"egress", "sendto", "send"}, words[3])
		if !leaves || slices.Contains(want.denials, key) {
			out.deny(key)
		}
	}
	return out
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
	if kind, _ := network.SocketOf(q.Protocol); kind.Stream &&
		(q.Operation == network.Connect || q.Operation == network.Send) {
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
