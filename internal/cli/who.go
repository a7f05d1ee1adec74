package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
)

const whoLong = `List the domains that may do something on the network, and the rule that lets
each: through which attribute, under which boolean. --would also lists those
that a boolean would let.

ACTION is connect, bind, listen, send or recv. TARGET is a protocol and a port,
a range of ports or a service: tcp/5601, tcp/8000-8100, udp/domain.

Exit status: 0 somebody may, 1 nobody may, 64 a mistake in the command, 65 a
policy that cannot be read.`

const whoExamples = `  senet who connect tcp/5601
  senet who bind tcp/8000-8100 --would --json`

func newWho(streams ioStreams) *cobra.Command {
	var flags policyFlags
	var output outputFlags
	var would bool
	cmd := &cobra.Command{
		Use:     "who ACTION TARGET",
		Long:    whoLong,
		Example: whoExamples,
		Args:    exactArgs(2, "senet who connect tcp/5601"),
		RunE: func(_ *cobra.Command, args []string) error {
			a, err := flags.askWho(args, would, streams.stderr)
			if err != nil {
				return err
			}
			err = output.emit(streams.stdout, func() any { return a.json() }, a.write)
			if err == nil && len(a.may) == 0 {
				err = errNo
			}
			return err
		},
	}
	flags.registerAll(cmd.Flags())
	flags.packetFlags.register(cmd.Flags())
	cmd.Flags().BoolVar(&would, "would", false, "list as well whom a boolean would let")
	output.register(cmd.Flags())
	return cmd
}

type whoAnswer struct {
	policyName string
	p          *policy.Policy
	machine    machine
	repeat     shell.Command
	op         network.Operation
	target     target
	labels     []string // the types of the ports asked about
	may, would []whoRow
	depends    []whoDepends
	packets    senet.PacketFacts
	asked      bool // whether would was asked for
}

// A whoDepends is a domain of which the facts leave open whether it may.
type whoDepends struct {
	name  string
	ports reach.Ports
	on    []string // what it depends on
}

// A whoRow is one domain.
type whoRow struct {
	name    string
	ports   reach.Ports
	reason  access.Reason // of the check of the port, where one is made
	checked bool
	perm    policy.AccessVector
	layer   network.Layer
}

func (f *policyFlags) askWho(args []string, would bool, stderr io.Writer) (*whoAnswer, error) {
	op := network.Operation(args[0])
	if !slices.Contains(network.Operations(), op) {
		return nil, usage(fmt.Errorf("action %q is not connect, bind, listen, send or recv", args[0]), "")
	}
	t, err := parseTarget(args[1])
	if err != nil {
		return nil, err
	}
	a := &whoAnswer{op: op, target: t, repeat: f.repeat(), asked: would}
	if a.p, a.policyName, err = f.open(stderr); err != nil {
		return nil, err
	}
	if a.machine, err = f.machine(a.policyName); err != nil {
		return nil, err
	}
	kind, _ := network.SocketOf(t.protocol)
	for _, seg := range a.p.PortSegments(kind.PortProtocol) {
		if name := a.p.TypeName(policy.TypeID(seg.Label.Context.Type)); seg.Low <= t.ports.High && seg.High >= t.ports.Low && !slices.Contains(a.labels, name) {
			a.labels = append(a.labels, name)
		}
	}
	d := access.NewDecider(a.p)
	if a.packets, err = f.resolve(d); err != nil {
		return nil, err
	}
	q := reach.Query{Protocol: t.protocol, Operation: op, Addr: t.addr, Machine: a.machine.asked()}
	a.packets.Reach(d, &q)
	rows, err := reach.New(d).Among(reach.Ports{t.ports}, q)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if err := a.sort(d, row); err != nil {
			return nil, err
		}
	}
	byName := func(x, y whoRow) int { return strings.Compare(x.name, y.name) }
	slices.SortFunc(a.may, byName)
	slices.SortFunc(a.would, byName)
	slices.SortFunc(a.depends, func(x, y whoDepends) int { return strings.Compare(x.name, y.name) })
	return a, nil
}

// sort puts a domain among those that may, would, of which it depends, or neither.
func (a *whoAnswer) sort(d *access.Decider, row reach.Row) error {
	if open := row.Access.Depends.Intersect(reach.Ports{a.target.ports}); len(open) > 0 {
		answer, err := a.ask(d, row.Access.Subject, open[0].Low)
		if err != nil {
			return err
		}
		w := whoDepends{name: a.p.TypeName(row.Domain), ports: open}
		for i := range answer.Layers {
			if l := &answer.Layers[i]; l.Unknown && !l.Check.Allowed {
				w.on = append(w.on, l.DependsOn...)
			}
		}
		slices.Sort(w.on)
		w.on = slices.Compact(w.on)
		a.depends = append(a.depends, w)
	}
	w := whoRow{
		name:  a.p.TypeName(row.Domain),
		ports: row.Access.Allowed.Intersect(reach.Ports{a.target.ports}),
	}
	port := a.target.ports.Low
	if len(w.ports) > 0 {
		port = w.ports[0].Low
	} else if !a.asked {
		return nil
	}
	answer, err := a.ask(d, row.Access.Subject, port)
	if err != nil {
		return err
	}
	for _, l := range answer.Layers {
		if l.Layer == network.LayerPort && l.Consulted {
			w.checked, w.reason, w.layer = true, l.Check.Reason, l.Layer
			class, _ := a.p.Class(l.Class)
			w.perm, _ = a.p.Perm(class, l.Perm)
		}
	}
	if len(w.ports) > 0 {
		a.may = append(a.may, w)
		return nil
	}
	// A boolean may help on some ports of a range only: each run of one label is
	// asked about until one does.
	kind, _ := network.SocketOf(a.target.protocol)
	for _, seg := range a.p.PortSegments(kind.PortProtocol) {
		port := max(seg.Low, a.target.ports.Low)
		if port > min(seg.High, a.target.ports.High) {
			continue
		}
		answer, err := a.ask(d, row.Access.Subject, port)
		if err != nil {
			return err
		}
		first := answer.FirstDenied()
		if first != nil && first.Check.Reason.Code == access.BoolOff && len(first.Check.Reason.Switches) > 0 {
			w.reason = first.Check.Reason
			a.would = append(a.would, w)
			return nil
		}
	}
	return nil
}

func (a *whoAnswer) ask(d *access.Decider, subject policy.Context, port uint16) (network.Answer, error) {
	q := a.machine.question(network.Question{
		Subject: subject, Operation: a.op, Protocol: a.target.protocol, Port: port, Addr: a.target.addr})
	a.packets.Apply(d, &q)
	return network.Ask(d, q)
}

// assumptions are all that the answer takes for granted.
func (a *whoAnswer) assumptions() []network.Assumption {
	return append(a.machine.assumptions(), network.AssumeServiceContexts())
}

func (a *whoAnswer) write(w io.Writer) error {
	var b words.Page
	action := map[bool]string{true: " to", false: ""}[a.op == network.Connect || a.op == network.Send]
	b.Printf("%s\n", words.Wrap(words.Sprintf("%s may %s%s %s (%s)", say.Plural(len(a.may), "domain"), a.op, action,
		a.target, strings.Join(a.labels, ", ")), 2))
	width := 0
	for _, row := range slices.Concat(a.may, a.would) {
		width = max(width, len(row.name))
	}
	for _, row := range a.may {
		b.Printf("  %-*s  %s\n", width, row.name, a.through(row))
	}
	a.writeDepends(&b)
	if a.asked {
		b.Printf("%s more with a boolean\n", say.Plural(len(a.would), "domain"))
		for _, row := range a.would {
			var alternatives []string
			for _, s := range row.reason.Switches {
				alternatives = append(alternatives, say.Settings(a.p, s, " and "))
			}
			b.Printf("  %-*s  %s\n", width, row.name, words.Wrap(strings.Join(alternatives, " or "), width+4))
		}
	}
	for _, n := range a.assumptions() {
		b.Printf("note  %s\n", words.Wrap("assumed: "+n.Text+" ["+n.Code+"]", 6))
	}
	if len(a.may) > 0 {
		b.Command("next", shell.New("senet", "can").Arg(a.may[0].name, string(a.op), a.target.String()).With(a.repeat))
	}
	_, err := b.WriteTo(w)
	return err
}

// writeDepends names the domains of which it depends, by what it depends on.
func (a *whoAnswer) writeDepends(b *words.Page) {
	if len(a.depends) == 0 {
		return
	}
	b.Printf("%s of which it depends\n", say.Plural(len(a.depends), "domain"))
	for _, row := range a.depends {
		on := strings.Join(row.on, "; or ")
		if on == "" {
			on = "a fact of the machine that is not known"
		}
		b.Printf("  %s  %s\n", row.name, words.Wrap("on "+on, 4))
	}
}

// through says what lets a domain use the ports.
func (a *whoAnswer) through(row whoRow) string {
	text := ""
	if a.target.ports.Len() > 1 {
		text = say.Ports(row.ports) + ": "
	}
	switch {
	case !row.checked:
		return text + "the port is not checked"
	case !row.reason.Allowed():
		return text + "permissive: the denial is only logged"
	case row.reason.Code == access.UnknownAllowed:
		return text + "the policy does not define the permission, and allows what it does not define"
	}
	return text + say.Rule(a.p, row.reason.Rules[0], row.perm)
}

func (a *whoAnswer) json() doc.Who {
	out := doc.Who{
		Head: doc.Head{Schema: "senet.who/1", Policy: a.policyName, Host: a.machine.facts.Summary(),
			Assumptions: a.assumptions()},
		Action: a.op, Target: a.target.String(),
		Types: a.labels, Domains: []doc.WhoDomain{}, Would: []doc.WhoDomain{}, Depends: []doc.WhoDepends{},
	}
	for _, row := range a.depends {
		out.Depends = append(out.Depends, doc.WhoDepends{Domain: row.name, Ports: row.ports,
			On: append([]string{}, row.on...)})
	}
	for _, row := range a.may {
		out.Domains = append(out.Domains, a.domainJSON(row))
	}
	for _, row := range a.would {
		out.Would = append(out.Would, a.domainJSON(row))
	}
	return out
}

func (a *whoAnswer) domainJSON(row whoRow) doc.WhoDomain {
	d := doc.WhoDomain{Domain: row.name, Ports: orEmpty(row.ports), Rules: []doc.Rule{}, Booleans: []map[string]bool{}}
	for _, r := range row.reason.Rules {
		d.Rules = append(d.Rules, newRuleJSON(a.p, r))
	}
	for _, settings := range row.reason.Switches {
		d.Booleans = append(d.Booleans, settingsJSON(a.p, settings))
	}
	return d
}
