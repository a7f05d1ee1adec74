package say

import (
	"cmp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/portset"
)

// grants prints how many rules grant a permission.
func (t *explanation) grants() {
	grants := t.page.Live.Grants
	if grants == nil {
		return
	}
	if len(grants) == 0 {
		t.section("policy", "it defines no such permission")
		return
	}
	grants = slices.Clone(grants)
	slices.SortStableFunc(grants, func(a, b explain.Grant) int { return cmp.Compare(b.Rules, a.Rules) })
	total, conditional := 0, 0
	var classes []string
	for i, g := range grants {
		total += g.Rules
		conditional += g.Conditional
		switch {
		case len(grants) <= 6 || i < 5:
			classes = append(classes, g.Class+" "+Number(g.Rules))
		case i == 5:
			classes = append(classes, words.Sprintf("%d more classes", len(grants)-i))
		}
	}
	text := Plural(total, "allow rule")
	if conditional > 0 {
		text += ", " + Number(conditional) + " of them in conditionals"
	}
	t.section("policy", "it is granted by "+text+": "+strings.Join(classes, ", "))
}

// perms prints a table of permissions with who asks for each.
func (t *explanation) perms() {
	perms := t.page.Live.Permissions
	if len(t.page.Live.Sockets) > 0 {
		t.section("sockets", protocolsText(t.page.Live.Sockets))
	}
	if len(perms) == 0 {
		return
	}
	rules, width := false, len("permission")
	for _, p := range perms {
		rules = rules || p.Rules > 0
		width = max(width, len(p.Name))
	}
	// The rules' column comes before the text, which wraps.
	head := words.Sprintf("%-*s", width, "permission")
	if rules {
		head += words.Sprintf("  %7s", "rules")
	}
	t.b.Printf("%s  asked by\n", head)
	for _, p := range perms {
		line := words.Sprintf("%-*s", width, p.Name)
		if rules {
			line += words.Sprintf("  %7s", Number(p.Rules))
		}
		line += "  "
		t.b.Printf("%s%s\n", line, words.Wrap(stateText(p), len(line)))
	}
	if rules {
		t.line("", "(rules: allow rules that grant it, as written)")
	}
}

// stateText says whether the kernel or a program asks for a permission.
func stateText(p explain.PermState) string {
	switch p.State {
	case "asked":
		return strings.Join(p.By, ", ")
	case "not asked":
		return "not asked: " + p.Why
	case "unknown":
		return strings.Join(p.By, ", ") + ": not known for this host"
	case "dead":
		return "DEAD: no kernel since 2.6.30"
	case "absent":
		return "never: the kernel's classes lack it"
	case "never":
		return "never, in this class"
	}
	return "-"
}

// macroRules prints the rules of an interface, and its other statements.
func (t *explanation) macroRules() {
	l := t.page.Live
	for i, r := range l.Rules {
		if i == maxRules {
			t.line("  ", words.Sprintf("and %s; %s prints all", Plural(len(l.Rules)-i, "more rule"),
				shell.New("senet", "refpolicy", "show", t.page.Topic)))
			break
		}
		if i == 0 {
			t.line("", "It makes:")
		}
		names := make([]string, len(r.Perms))
		for i, p := range r.Perms {
			names[i] = p.Name
		}
		perms := strings.Join(names, " ")
		if len(names) > 1 {
			perms = "{ " + perms + " }"
		}
		text := words.Sprintf("allow %s %s:%s %s;", r.Source, r.Target, r.Class, perms)
		if r.When != "" {
			text += " (if " + r.When + ")"
		}
		if !r.Known {
			text += " (the policy has no " + r.Target + ")"
		}
		t.line("  ", text)
		if text := statesText(r.Perms); text != "-" {
			t.line("      ", text)
		}
	}
	for i, s := range l.Statements {
		if i == maxRules {
			t.line("  ", "and "+Plural(len(l.Statements)-i, "more statement"))
			break
		}
		if i == 0 {
			t.line("", "It also makes:")
		}
		t.line("  ", s)
	}
}

// maxRules bounds the rules of an interface on a page, and also its other statements.
const maxRules = 20

// statesText gathers permissions that are asked for alike.
func statesText(perms []explain.PermState) string {
	type group struct {
		state string
		names []string
	}
	var groups []group
	for _, p := range perms {
		state := stateText(p)
		if p.State == "asked" {
			if state = "asked by " + state; len(perms) > 4 {
				state = "each asked by its own call" // a set of permissions on a socket
			}
		}
		at := slices.IndexFunc(groups, func(g group) bool { return g.state == state })
		if at < 0 {
			at = len(groups)
			groups = append(groups, group{state: state})
		}
		groups[at].names = append(groups[at].names, p.Name)
	}
	parts := make([]string, len(groups))
	for i, g := range groups {
		if parts[i] = g.state; len(groups) > 1 {
			parts[i] = strings.Join(g.names, " ") + ": " + g.state
		}
	}
	return strings.Join(parts, "; ")
}

func (t *explanation) typeFacts() {
	f := t.page.Live.Type
	if f == nil {
		return
	}
	if f.Attribute {
		t.section("policy", words.Sprintf("%s with it; %s name it as source, %s as target",
			Plural(f.Members, "type"), Plural(f.AsSource, "allow rule"), Number(f.AsTarget)))
		return
	}
	if f.Name != t.page.Topic && t.page.Kind != explain.KindInterface {
		t.section("policy", "it is another name of "+f.Name)
	}
	var labels []string
	if len(f.InitialSIDs) > 0 {
		labels = append(labels, "the initial SID "+strings.Join(f.InitialSIDs, ", "))
	}
	for _, s := range [...]struct {
		n    int
		noun string
	}{{f.Portcons, "portcon"}, {f.Nodecons, "nodecon"}, {f.Netifcons, "netifcon"}} {
		if s.n > 0 {
			labels = append(labels, Plural(s.n, s.noun))
		}
	}
	if len(labels) > 0 {
		t.section("labels", strings.Join(labels, ", "))
	}
	for _, p := range f.Ports {
		text := words.Sprintf("%s %s: ", p.Protocol, shortPorts(p.Ports))
		if p.Connect >= 0 {
			text += Plural(p.Connect, "domain") + " may connect to at least one, " + Number(p.Bind) +
				" bind one"
		} else {
			text += "every domain with such a socket may send there, " + Plural(p.Bind, "domain") +
				" may bind at least one"
		}
		t.section("ports", text)
	}
	t.section("policy", words.Sprintf("%s apply to it as source, %s as target", Plural(f.AsSource, "allow rule"),
		Number(f.AsTarget)))
}

// shortPorts writes a set of ports, the first of many.
func shortPorts(ports portset.Set) string {
	if len(ports) <= 12 {
		return Ports(ports)
	}
	return words.Sprintf("%s, ... (%s ports in %d ranges)", Ports(ports[:6]), Number(ports.Len()), len(ports))
}

func (t *explanation) domain() {
	d := t.page.Live.Domain
	if d == nil {
		return
	}
	roles := map[[2]bool]string{
		{true, true}: "client and server", {true, false}: "a client, and never listen",
		{false, true}:  "a server, and never connect",
		{false, false}: "neither client nor server",
	}
	t.section("tcp", "its own sockets let it be "+roles[[2]bool{d.Client, d.Server}])
	t.section("ports", words.Sprintf(
		"tcp: connect to %s, bind %s; udp: bind %s, send to every port that its socket may",
		Number(d.TCPConnect), Number(d.TCPBind), Number(d.UDPBind)))
	if d.Permissive {
		t.section("note", "permissive: denials are only logged")
	}
	if d.Bounds != "" {
		t.section("note", "bounded by "+d.Bounds+": it can do nothing that "+d.Bounds+" may not")
	}
	t.section("note", words.Sprintf("in the context %s [SN-A-CONTEXT], on %s [SN-A-HOST]", d.Context,
		hostText(t.page.Live.Host.Source)))
}

func (t *explanation) boolean() {
	b := t.page.Live.Boolean
	if b == nil {
		return
	}
	if b.Description != "" {
		t.section("what", Sentence(b.Description))
	}
	state := OnOff(b.Default) + " by default"
	if b.State != b.Default {
		state += ", assumed " + OnOff(b.State)
	}
	t.section("policy", state)
	t.switched("on", b.On)
	t.switched("off", b.Off)
	if len(b.With) > 0 {
		t.section("with", "other booleans in the same conditions: "+strings.Join(b.With, ", "))
	}
}

// switched prints the rules that one value of a boolean enables.
func (t *explanation) switched(value string, s explain.Switched) {
	if s.Rules == 0 {
		t.section(value, "enables no allow rule")
		return
	}
	t.section(value, "puts "+Plural(s.Rules, "allow rule")+" in force")
	if len(s.Perms) > 0 {
		var perms []string
		for i, p := range s.Perms {
			if i == 8 {
				perms = append(perms, words.Sprintf("%d more permissions", len(s.Perms)-i))
				break
			}
			perms = append(perms, words.Sprintf("%s %s (%s)", p.Class, p.Perm, Number(p.Rules)))
		}
		t.section("", "of the network, with the number of rules: "+strings.Join(perms, ", "))
	}
	if len(s.Connect) > 0 {
		t.section("", "name_connect on "+namesText(s.Connect))
	}
	if len(s.Bind) > 0 {
		t.section("", "name_bind on "+namesText(s.Bind))
	}
}

// namesText lists names, the first twelve of many.
func namesText(names []string) string {
	if len(names) > 12 {
		return strings.Join(names[:12], ", ") + words.Sprintf(" and %d more", len(names)-12)
	}
	return strings.Join(names, ", ")
}

// hostText returns the source of a machine's facts, as words that follow "on".
func hostText(source string) string {
	if source == host.Standard().Source {
		return "a " + source
	}
	return source
}
