package packetfilter

import (
	"slices"

	"github.com/senet-selinux/senet/host"
)

// The hooks that packets of sockets pass, in the order of a packet that leaves
// and then arrives over the loopback interface.
const (
	Output      = "output"
	Postrouting = "postrouting"
	Leaving     = "leaving" // what comes behind the check of packets that leave
	Prerouting  = "prerouting"
	Input       = "input"
)

// The hooks of a device, on the way in and out.
const (
	ingress = "ingress"
	egress  = "egress"
)

// selinuxLast is NF_IP_PRI_SELINUX_LAST: chains of postrouting behind it come
// after the check of packets that leave.
const selinuxLast = 225

// natDest and natSource are the priorities at which addresses are translated (NF_IP_PRI_NAT_DST,
// NF_IP_PRI_NAT_SRC), whatever priority a chain for that has.
const (
	natDest   = -100
	natSource = 100
)

// conntrackFirst is NF_IP_PRI_CONNTRACK: chains before it see no connection.
const conntrackFirst = -200

// maxDepth is how deep jumps may go (NFT_JUMP_STACK_SIZE), and maxSteps how many
// rules one walk looks at. Facts of a host may come from anywhere.
const (
	maxDepth = 16
	maxSteps = 200_000
)

// A hook is the place of a base chain, as its rules see it.
type hook struct {
	in, out   bool // there is an interface that packets come from, go to
	untracked bool // packets have no connection yet
}

// A Ruleset is a packet filter that packets can be sent through. It may be used
// by several goroutines at once.
type Ruleset struct {
	labels []string
	chains []chain
	// Stateful says that rules look at connections, so that the first packet of
	// one may come to another label than the rest.
	Stateful bool
	cuts     []int
}

type chain struct {
	name   string // family, table, chain
	family string
	base   host.Chain // without rules
	rules  []rule
}

type rule struct {
	name  string
	steps []step
}

type step struct {
	match
	do   string
	to   int  // a chain, -1 for none
	mark Mark // a label
}

// New compiles a packet filter. A nil Filter has no rules.
func New(f *host.Filter) *Ruleset {
	r := &Ruleset{labels: []string{""}}
	if f == nil {
		return r
	}
	at := make(map[[3]string]int, len(f.Chains))
	for i := range f.Chains {
		c := &f.Chains[i]
		at[[3]string{c.Family, c.Table, c.Name}] = i
	}
	for i := range f.Chains {
		c := &f.Chains[i]
		compiled := chain{name: c.Family + " " + c.Table + " " + c.Name, family: c.Family, base: *c}
		compiled.base.Rules = nil
		for j := range c.Rules {
			compiled.rules = append(compiled.rules, r.compile(c, &c.Rules[j], at))
		}
		r.chains = append(r.chains, compiled)
	}
	slices.Sort(r.cuts)
	r.cuts = slices.Compact(r.cuts)
	return r
}

func (r *Ruleset) compile(c *host.Chain, from *host.Rule, at map[[3]string]int) rule {
	out := rule{name: from.Name}
	for i := range from.Steps {
		s := &from.Steps[i]
		if s.Do == "" {
			m := compileMatch(s)
			r.Stateful = r.Stateful || m.field == host.FieldState || m.field == host.FieldDirection
			if m.field == host.FieldSPort || m.field == host.FieldDPort || m.field == host.FieldPort {
				for _, n := range m.numbers {
					r.cuts = append(r.cuts, int(n[0]), int(n[1])+1)
				}
			}
			out.steps = append(out.steps, step{match: m})
			continue
		}
		x := step{do: s.Do, to: -1}
		switch s.Do {
		case host.DoLabel:
			x.mark = r.markOf(s.Arg)
		case host.DoAnyLabel:
			x.mark = AnyLabel
		case host.DoJump, host.DoGoto:
			to, ok := at[[3]string{c.Family, c.Table, s.Arg}]
			if !ok {
				x.do = host.DoElsewhere
				break
			}
			x.to = to
		case host.DoSave, host.DoRestore, host.DoToConn, host.DoFromConn, host.DoUntrack:
			r.Stateful = true
		}
		out.steps = append(out.steps, x)
	}
	return out
}

func (r *Ruleset) markOf(context string) Mark {
	if i := slices.Index(r.labels, context); i > 0 {
		return Mark(i)
	}
	r.labels = append(r.labels, context)
	return Mark(len(r.labels) - 1)
}

// Label returns the context of a mark, "" for one that is none.
func (r *Ruleset) Label(m Mark) string {
	if m <= 0 || int(m) >= len(r.labels) {
		return ""
	}
	return r.labels[m]
}

// PortCuts returns the ports at which rules begin to treat ports otherwise, in
// ascending order.
func (r *Ruleset) PortCuts() []int { return r.cuts }

// Begin is the state of the first packet of a connection before any rule.
func Begin() []State { return []State{{}} }

// Next is the states of the next packet of the connections of states: one
// without a label, unless it arrives as it left.
func Next(states []State) []State {
	var list []State
	for _, s := range states {
		if s.Dropped {
			continue
		}
		s.Packet, s.Dropped, s.Label, s.Untracked = NoLabel, false, "", false
		list = add(list, s)
	}
	return list
}

// Pass sends a packet through the chains of hooks and returns what may become of
// it. arrived says that it comes over the loopback interface with its connection.
func (r *Ruleset) Pass(p *Packet, arrived bool, in []State, hooks ...string) []State {
	w := walk{r: r, p: p}
	for _, name := range hooks {
		in = w.hook(name, arrived, in)
	}
	if w.steps > maxSteps {
		// Whatever the rules do: any label, or none, or a packet that is dropped.
		return []State{{Packet: AnyLabel, Conn: AnyLabel, Hangs: "more rules than senet follows"}}
	}
	return in
}

// A walk is one packet on its way.
type walk struct {
	r     *Ruleset
	p     *Packet
	steps int
}

// hook sends the packet through the base chains of one hook.
func (w *walk) hook(name string, arrived bool, in []State) []State {
	var order []int
	for i := range w.r.chains {
		c := &w.r.chains[i]
		seen := c.family == "inet" || c.family == "ip" && !w.p.IPv6 || c.family == "ip6" && w.p.IPv6
		if c.standsAt(name) && (seen || c.ofDevice()) {
			order = append(order, i)
		}
	}
	slices.Reverse(order)
	slices.SortStableFunc(order, func(a, b int) int { return w.priority(a, name) - w.priority(b, name) })
	other := w.otherOrder(order, name)
	if other == nil {
		return w.through(order, name, arrived, in)
	}
	// Which of two chains came first, the facts do not tell.
	one, two := w.through(order, name, arrived, in), w.through(other, name, arrived, in)
	if len(one) == len(two) && !slices.ContainsFunc(one, func(s State) bool {
		return !slices.ContainsFunc(two, func(t State) bool { return s.same(&t) })
	}) {
		return one
	}
	by := "which of " + w.r.chains[order[0]].name + " and others with its priority comes first"
	return add(hanging(one, by), hanging(two, by)...)
}

// standsAt reports whether a base chain is entered at a hook.
func (c *chain) standsAt(name string) bool {
	late := c.base.Priority > selinuxLast && !c.base.NAT
	switch c.base.Hook {
	case Postrouting:
		return name == Postrouting && !late || name == Leaving && late
	case egress:
		return name == Leaving
	case ingress:
		return name == Prerouting
	}
	return c.base.Hook == name
}

// ofDevice reports whether the chain sees the packets of one device, of any family.
func (c *chain) ofDevice() bool { return c.base.Hook == ingress || c.base.Hook == egress }

// otherOrder returns the order of chains in which those of the older iptables come
// behind those of nftables with one priority rather than before; nil where it is the
// same.
func (w *walk) otherOrder(order []int, name string) []int {
	other := slices.Clone(order)
	slices.SortStableFunc(other, func(a, b int) int {
		if d := w.priority(a, name) - w.priority(b, name); d != 0 {
			return d
		}
		x, y := w.r.chains[a].base.Legacy, w.r.chains[b].base.Legacy
		switch {
		case x == y:
			return 0
		case x:
			return 1
		}
		return -1
	})
	if slices.Equal(order, other) {
		return nil
	}
	return other
}

// through sends the packet through base chains in an order.
func (w *walk) through(order []int, name string, arrived bool, in []State) []State {
	for _, i := range order {
		c := &w.r.chains[i]
		if c.base.NAT && (w.p.Established || arrived) {
			continue // addresses are translated once, as a connection begins
		}
		at := &hook{in: name == Prerouting || name == Input, out: name == Output || name == Postrouting ||
			name == Leaving}
		at.untracked = c.base.Priority < conntrackFirst && !arrived && (name == Output || name == Prerouting)
		live, out := split(in)
		if c.base.NAT {
			var untracked []State
			live, untracked = tracked(live)
			out = add(out, untracked...)
		}
		if c.ofDevice() { // which need not be this one
			out = add(out, live...)
			live = hanging(live, c.name)
		}
		f, accepted, dropped := w.chain(i, at, 0, live)
		if c.base.Policy == "drop" {
			dropped = add(dropped, fate(f, c.name+" policy")...)
		} else {
			accepted = add(accepted, f...)
		}
		in = add(add(out, accepted...), dropped...)
	}
	return in
}

// priority is the place of a chain in a hook: those of devices come first on the way in, and
// last on the way out.
func (w *walk) priority(i int, name string) int {
	c := &w.r.chains[i]
	switch {
	case c.base.NAT && (name == Prerouting || name == Output):
		return natDest
	case c.base.NAT:
		return natSource
	}
	switch c.base.Hook {
	case ingress:
		return -1 << 21
	case egress:
		return 1 << 21
	}
	return min(max(c.base.Priority, -1<<20), 1<<20)
}

// tracked parts the states of packets that belong to a connection from the others.
func tracked(in []State) (with, without []State) {
	for _, s := range in {
		if s.Untracked {
			without = append(without, s)
		} else {
			with = append(with, s)
		}
	}
	return with, without
}

// split parts the states of packets that go on from those that were dropped.
func split(in []State) (live, dropped []State) {
	for _, s := range in {
		if s.Dropped {
			dropped = append(dropped, s)
		} else {
			live = append(live, s)
		}
	}
	return live, dropped
}

// fate drops packets.
func fate(in []State, by string) []State {
	out := make([]State, 0, len(in))
	for _, s := range in {
		s.Dropped, s.Label = true, by
		out = append(out, s)
	}
	return out
}

// hanging notes that the rest depends on a rule.
func hanging(in []State, rule string) []State {
	out := make([]State, 0, len(in))
	for _, s := range in {
		if s.Hangs == "" {
			s.Hangs = rule
		}
		out = append(out, s)
	}
	return out
}

// chain runs the rules of a chain. through are the states that reach its end or
// return from it.
func (w *walk) chain(i int, at *hook, depth int, in []State) (through, accepted, dropped []State) {
	c := &w.r.chains[i]
	var returned []State
	for j := range c.rules {
		if len(in) == 0 {
			break
		}
		if w.steps++; w.steps > maxSteps || depth > maxDepth {
			w.steps = maxSteps + 1
			break
		}
		rule := &c.rules[j]
		name := c.name + " " + rule.name
		live, missed := in, []State(nil)
	steps:
		for k := range rule.steps {
			s := &rule.steps[k]
			if s.do == "" {
				var more []State
				live, more = w.matches(s, at, live, name)
				missed = add(missed, more...)
				if len(live) == 0 {
					break
				}
				continue
			}
			switch s.do {
			case host.DoAccept:
				accepted = add(accepted, live...)
				live = nil
				break steps
			case host.DoDrop:
				dropped = add(dropped, fate(live, name)...)
				live = nil
				break steps
			case host.DoElsewhere:
				accepted = add(accepted, hanging(live, name)...)
				dropped = add(dropped, hanging(fate(live, name), name)...)
				live = nil
				break steps
			case host.DoReturn:
				returned = add(returned, live...)
				live = nil
				break steps
			case host.DoJump, host.DoGoto:
				t, a, d := w.chain(s.to, at, depth+1, live)
				accepted, dropped = add(accepted, a...), add(dropped, d...)
				live = t
				if s.do == host.DoGoto {
					returned = add(returned, t...)
					live = nil
				}
				break steps
			}
			var ended []State
			live, ended = w.act(s, at, live, name)
			missed = add(missed, ended...)
		}
		in = add(missed, live...)
	}
	return add(in, returned...), accepted, dropped
}

// matches parts the states in which a step matches from those in which it does
// not; one that may goes into both.
func (w *walk) matches(s *step, at *hook, in []State, name string) (live, missed []State) {
	for _, st := range in {
		switch s.holds(w.p, at, &st) {
		case yes:
			live = add(live, st)
		case no:
			missed = add(missed, st)
		default:
			both := hanging([]State{st}, name)
			live, missed = add(live, both...), add(missed, both...)
		}
	}
	return live, missed
}

// act applies a step to the labels of a packet and its connection. ended are the states in
// which the rule ends there.
func (w *walk) act(s *step, at *hook, in []State, name string) (live, ended []State) {
	for _, st := range in {
		tracked := !at.untracked && !st.Untracked
		switch s.do {
		case host.DoLabel, host.DoAnyLabel:
			st.Packet, st.Label = s.mark, name
		case host.DoUntrack:
			st.Untracked = st.Untracked || at.untracked
		case host.DoRewrite:
			st.Rewritten = true
		case host.DoSave:
			switch {
			case !tracked || st.Packet == NoLabel || st.Conn > NoLabel:
			case st.Packet == AnyLabel || st.Conn == AnyLabel:
				st.Conn = AnyLabel
			default:
				st.Conn = st.Packet
			}
		case host.DoRestore:
			switch {
			case !tracked || st.Conn == NoLabel || st.Packet > NoLabel:
			case st.Packet == AnyLabel || st.Conn == AnyLabel:
				st.Packet = AnyLabel
			default:
				st.Packet, st.Label = st.Conn, name
			}
		case host.DoToConn:
			if tracked {
				st.Conn = st.Packet
			}
		case host.DoFromConn:
			if !tracked { // nft_ct_get_eval: the rule ends
				ended = add(ended, st)
				continue
			}
			st.Packet, st.Label = st.Conn, name
		}
		live = add(live, st)
	}
	return live, ended
}
