package cli

import (
	"cmp"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
)

// write prints the items for a person, and what was counted.
func (a *whyAnswer) write(w io.Writer) error {
	var b words.Page
	for i := range a.report.Findings {
		if i > 0 {
			b.Printf("\n")
		}
		a.writeItem(&b, &a.report.Findings[i])
	}
	a.writeTotals(&b)
	_, err := b.WriteTo(w)
	return err
}

// line writes a wrapped line with its key.
func line(b *words.Page, key, format string, args ...any) {
	b.Printf("%-5s %s\n", key, words.WrapFormat(6, format, args...))
}

// writeItem writes one item, the next command last.
func (a *whyAnswer) writeItem(b *words.Page, it *incident.Finding) {
	var next shell.Command
	if it.Symptom != nil {
		next = a.writeSymptom(b, it)
	} else {
		next = a.writeDenial(b, it)
	}
	b.Command("next", next)
}

func (a *whyAnswer) writeDenial(b *words.Page, it *incident.Finding) (next shell.Command) {
	d := it.Denial
	mark, text := a.verdict(it)
	line(b, mark, "%s", text)
	line(b, "seen", "%s", seen(it))
	writeComplaints(b, it)
	if hook := hookText(d); hook != "" {
		line(b, "hook", "%s", hook)
	}
	if why := a.why(d); why != "" {
		line(b, "why", "%s", why)
	}
	line(b, "today", "%s", a.today(it))
	for _, group := range thenGroups(d.Also) {
		line(b, "then", "%s", a.then(d, group))
	}
	writeSwitches(b, a.p, it.Switches)
	for _, n := range d.Notes {
		line(b, "note", "%s", n.Text)
	}
	a.writeFix(b, it)
	return a.next(it)
}

// maxSwitches is how many settings of booleans are listed.
const maxSwitches = 3

func writeSwitches(b *words.Page, p *policy.Policy, list [][]policy.BoolSetting) {
	for i, s := range list {
		if i == maxSwitches {
			line(b, "", "and %s more", say.Plural(len(list)-i, "setting"))
			return
		}
		line(b, "bool", "%s would allow it", say.Settings(p, s, " and "))
	}
}

// verdict says who may not do what, and the mark of today's answer.
func (a *whyAnswer) verdict(it *incident.Finding) (mark, text string) {
	d := it.Denial
	source := "?"
	switch {
	case it.AVC != nil:
		source = audit.ContextType(it.AVC.SContext)
		if d.WasSource != "" {
			source = a.p.TypeName(policy.TypeID(d.Source.Type))
		}
	case it.Error != nil:
		source = audit.ContextType(cmp.Or(it.Error.SContext, it.Error.TaskContext, it.Error.OldContext))
	}
	if source == "" && it.Error != nil {
		for _, f := range it.Error.Fields {
			if f.Key == "exe" && strings.HasPrefix(f.Value, "/") {
				source = path.Base(f.Value)
			}
		}
	}
	if source == "" {
		source = "a program"
	}
	switch d.Verdict {
	case diagnose.StillDenied:
		return "NO", source + " may not " + a.deed(it)
	case diagnose.NowAllowed:
		if d.Blocked() {
			return "NO", source + " may not " + a.deed(it) + ", though not for this reason any more"
		}
		return "YES", source + " may " + a.deed(it) + " today"
	case diagnose.OnlyLogged:
		return "YES", source + " may " + a.deed(it) + ": refused, but only logged (permissive)"
	case diagnose.NotAsked:
		return "YES", source + " may " + a.deed(it) + " on this host"
	}
	return "?", source + " was refused: " + a.deed(it)
}

// deed says what was refused, as it follows "may not".
func (a *whyAnswer) deed(it *incident.Finding) string {
	d := it.Denial
	port := words.Sprintf("%s/%d", d.Protocol, d.Port)
	if d.Addr.IsValid() {
		port = senet.Target{Protocol: d.Protocol, Addr: d.Addr,
			Ports: reach.Interval{Low: d.Port, High: d.Port}}.String()
	}
	if d.Port == 0 && (d.Hook == diagnose.HookNameConnect || d.Hook == diagnose.HookNameBind) {
		port = a.unnumbered(it)
	}
	switch d.Hook {
	case diagnose.HookNameConnect:
		return "connect to " + port
	case diagnose.HookNameBind:
		return "bind " + port
	case diagnose.HookNodeBind:
		if !d.Addr.IsValid() {
			return words.Sprintf("bind any address (%s)", port)
		}
		return "bind " + port
	case diagnose.HookCapability:
		return "use the capability " + strings.Join(d.Permissions, ", ")
	case diagnose.HookModule:
		return "have the kernel load the module " + it.AVC.KMod
	case diagnose.HookError:
		switch {
		case it.Error.InvalidContext != "" && d.Class == "process":
			return "become " + it.Error.InvalidContext
		case it.Error.NewContext != "" && it.Error.TaskContext != "":
			return "relabel a " + d.Class + " from " + it.Error.OldContext + " to " + it.Error.NewContext
		case it.Error.NewContext != "":
			return "become " + it.Error.NewContext
		case it.Error.InvalidContext != "" && d.Class == "":
			return "use the label " + it.Error.InvalidContext + " (" + it.Error.Op + ")"
		case it.Error.InvalidContext != "":
			return "make an object of class " + d.Class + " labelled " + it.Error.InvalidContext
		}
		if it.Error.Op == audit.OpUnknownClass || it.Error.Op == audit.OpUnknownPermission {
			return unknownNameText(it.Error)
		}
		if it.Error.Op == audit.OpNetlinkMessage {
			return "send a netlink message" + netlinkText(it.Error)
		}
		if len(d.Permissions) == 0 {
			return shorten(it.Error.Text)
		}
		return bracedPerms(d.Permissions) + " " + audit.ContextType(it.Error.TContext) + ":" + d.Class + " (" + it.Error.Op + ")"
	}
	text := bracedPerms(d.Permissions) + " " + a.object(it) + ":" + d.Class
	switch {
	case it.AVC.Netif != "":
		text += " through " + it.AVC.Netif
	case len(it.Objects) > 0:
		text += " (" + objectNames(it) + ")"
	case it.AVC.Path != "":
		text += " (" + it.AVC.Path + ")"
	}
	switch {
	case it.AVC.IoctlCmd != nil:
		text += words.Sprintf(", command %#x", *it.AVC.IoctlCmd)
	case it.AVC.NlmsgType != nil:
		text += words.Sprintf(", message type %d", *it.AVC.NlmsgType)
	}
	if d.Port != 0 {
		if d.Protocol == "" {
			return words.Sprintf("%s, port %d", text, d.Port)
		}
		return text + ", " + port
	}
	return text
}

// objectNames are the files, as many as are read at a glance.
func objectNames(it *incident.Finding) string {
	const shown = 2
	text := strings.Join(it.Objects[:min(shown, len(it.Objects))], ", ")
	switch n := len(it.Objects) - shown; {
	case it.MoreObjects:
		text += " and others"
	case n > 0:
		text += " and " + say.Plural(n, "other")
	}
	return text
}

// unknownNameText says what a program found missing in the loaded policy.
func unknownNameText(x *audit.SELinuxError) string {
	if len(x.Permissions) > 0 {
		return words.Sprintf("ask for %s of class %s, which the loaded policy did not have", bracedPerms(x.Permissions), x.TClass)
	}
	return words.Sprintf("ask for permissions of class %s, which the loaded policy did not have", x.TClass)
}

// netlinkText says which message the kernel did not know.
func netlinkText(x *audit.SELinuxError) string {
	text := ""
	if number := incident.MessageType(x); number != "" {
		text = " of type " + number
	}
	if x.TClass != "" {
		text += " over a socket of class " + x.TClass
	}
	return text
}

// unnumbered names a port whose number the record does not have, by its label
// and the name of a service that stands in its place where a log is interpreted.
func (a *whyAnswer) unnumbered(it *incident.Finding) string {
	text := "a port"
	if it.Denial.Protocol != "" {
		text = "a " + string(it.Denial.Protocol) + " port"
	}
	if label := audit.ContextType(it.AVC.TContext); label != "" {
		text += " labelled " + label
	}
	for _, f := range it.AVC.Fields {
		if (f.Key == "src" || f.Key == "dest") && f.Value != "0" {
			return text + ", which the record calls " + f.Value
		}
	}
	return text
}

func (a *whyAnswer) object(it *incident.Finding) string {
	object := audit.ContextType(it.AVC.TContext)
	if it.Denial.Label != nil {
		object = a.p.TypeName(policy.TypeID(it.Denial.Target.Type))
	}
	if it.AVC.SContext == it.AVC.TContext {
		return "self"
	}
	return object
}

func bracedPerms(perms []string) string {
	if len(perms) == 1 {
		return perms[0]
	}
	return "{ " + strings.Join(perms, " ") + " }"
}

// seen says how often, when and by whom, and names an event that can be looked
// up.
func seen(it *incident.Finding) string {
	text := "once"
	if it.Count > 1 {
		text = say.Number(int(it.Count)) + " times"
	}
	switch {
	case it.First.IsZero():
	case it.First.Equal(it.Last):
		text += ", " + stamp(it.First)
	default:
		text += ", first " + stamp(it.First) + ", last " + stamp(it.Last)
	}
	if n := len(it.Commands); n > 0 {
		names := it.Commands[:min(n, maxComms)]
		text += ", by " + strings.Join(names, ", ")
		if n > maxComms {
			text += " and others"
		}
	}
	if it.OnlyLogged > 0 {
		text += ", " + say.Number(int(it.OnlyLogged)) + " only logged"
	}
	if it.Event.Node != "" {
		text += ", on " + it.Event.Node
	}
	if it.Event.Serial != 0 {
		text += words.Sprintf(" (ausearch -a %d)", it.Event.Serial)
	}
	return text
}

const maxComms = 3

func stamp(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// why is the reason in a sentence.
func (a *whyAnswer) why(d *diagnose.Diagnosis) string {
	if len(d.Missing) > 0 && len(d.Checks) == 0 {
		return ""
	}
	label := ""
	if d.Label != nil {
		switch d.Layer {
		case network.LayerPort:
			label = say.PortLabel(a.p, d.Protocol, d.Port, *d.Label) + "; "
		case network.LayerNode:
			label = say.NodeLabel(a.p, d.Addr, *d.Label) + "; "
		}
	}
	refused := d.Refused()
	if refused == nil {
		if len(d.Checks) == 0 {
			return ""
		}
		return label + a.grantedBy(&d.Checks[0])
	}
	g := &network.Group{LayerAnswer: network.LayerAnswer{SourceContext: d.Source, TargetContext: d.Target,
		Consulted: true}}
	g.Layer, g.Class = d.Layer, d.Class
	source, object := a.p.TypeName(policy.TypeID(d.Source.Type)), a.p.TypeName(policy.TypeID(d.Target.Type))
	if source == object && a.p.FormatContext(d.Source) == a.p.FormatContext(d.Target) {
		object = "self"
	}
	q := &say.Operation{Decider: a.d}
	var causes []string
	for _, group := range refusals(d) {
		pc := group[0]
		cause := ""
		if c := d.Command; c != nil && pc.Name == c.Kind.String() {
			cause = commandCause(d, source, object)
		}
		if c := d.Command; c == nil || !c.Only || pc.Name != c.Kind.String() {
			if pc.Reason.Code == access.NoRule && len(group) > 1 {
				pc.Name = bracedPerms(names(group))
			}
			cause = joinReasons(q.Cause(g, &pc, source, object), cause)
		}
		causes = append(causes, cause+" ["+string(pc.Reason.Code)+"]")
	}
	return label + strings.Join(causes, "; and ")
}

// refusals are the refused permissions, those with one reason together, the one
// for which most has to change first.
func refusals(d *diagnose.Diagnosis) [][]access.PermCheck {
	groups := [][]access.PermCheck{{*d.Refused()}}
	for _, pc := range d.Checks {
		if pc.Allowed || pc.Name == groups[0][0].Name {
			continue
		}
		at := slices.IndexFunc(groups, func(g []access.PermCheck) bool {
			return g[0].Reason.Code == pc.Reason.Code && (d.Command == nil || d.Command.Kind.String() != pc.Name && d.Command.Kind.String() != g[0].Name)
		})
		if at < 0 {
			groups = append(groups, nil)
			at = len(groups) - 1
		}
		groups[at] = append(groups[at], pc)
	}
	return groups
}

func names(checks []access.PermCheck) []string {
	list := make([]string, len(checks))
	for i := range checks {
		list[i] = checks[i].Name
	}
	return list
}

func joinReasons(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + "; and " + second
}

// commandCause says that rules of extended permissions refuse a command, "" where
// none does.
func commandCause(d *diagnose.Diagnosis, source, object string) string {
	c := d.Command
	if c == nil {
		return ""
	}
	what := words.Sprintf("the command %#x", c.Number)
	if c.Kind == access.Nlmsg {
		what = words.Sprintf("the message type %d", c.Number)
	}
	if c.Only {
		return words.Sprintf("a rule allows %s %s:%s %s, but not %s: allowxperm rules name the only ones", source, object, d.Class, c.Kind, what)
	}
	return words.Sprintf("%s takes an allowxperm rule besides, because others name the only ones", what)
}

// grantedBy names the rule that grants a permission.
func (a *whyAnswer) grantedBy(pc *access.PermCheck) string {
	if pc.Reason.Code == access.Granted {
		return "granted by " + say.Rule(a.p, pc.Reason.Rules[0], ^policy.AccessVector(0)) + " [" +
			string(access.Granted) + "]"
	}
	return "the policy does not define " + pc.Name + ", and allows what it does not define [" + string(pc.Reason.Code) + "]"
}

// today says what becomes of it today.
func (a *whyAnswer) today(it *incident.Finding) string {
	d := it.Denial
	switch d.Verdict {
	case diagnose.StillDenied:
		return "still denied"
	case diagnose.NowAllowed:
		if d.Blocked() {
			return "this check is granted now, but not all that the operation takes"
		}
		if !it.Last.IsZero() && a.report.Log.Changed.After(it.Last) {
			return "allowed: the policy or a boolean was changed at " + stamp(a.report.Log.Changed) + ", after the last of these"
		}
		return "allowed: since then the policy, a boolean or a label changed, or the log is of a host with another policy"
	case diagnose.OnlyLogged:
		return "refused by the policy, and only logged: " + a.p.TypeName(policy.TypeID(d.Source.Type)) + " is permissive"
	case diagnose.NotAsked:
		return "not asked on this host"
	}
	if len(d.Missing) == 0 {
		return "not known"
	}
	return "not known: the policy does not have " + gapsText(d.Missing, ", nor ") + "; the log is of a host with another policy, or a module was removed (--policy FILE asks another)"
}

// thenGroups puts checks together that differ in the permission alone.
func thenGroups(also []network.LayerAnswer) [][]network.LayerAnswer {
	var groups [][]network.LayerAnswer
	for i, l := range also {
		if i > 0 && alike(&also[i-1], &l) {
			groups[len(groups)-1] = append(groups[len(groups)-1], l)
			continue
		}
		groups = append(groups, []network.LayerAnswer{l})
	}
	return groups
}

func alike(x, y *network.LayerAnswer) bool {
	return x.Layer == y.Layer && x.Class == y.Class && x.SourceContext.Type == y.SourceContext.Type && x.TargetContext.Type == y.TargetContext.Type &&
		x.Check.Reason.Code == y.Check.Reason.Code && (len(x.Check.Reason.DontAudit) > 0) == (len(y.Check.Reason.DontAudit) > 0)
}

// then says which other checks of the operation are refused.
func (a *whyAnswer) then(d *diagnose.Diagnosis, group []network.LayerAnswer) string {
	l := &group[0]
	source, object := a.p.TypeName(policy.TypeID(l.SourceContext.Type)), a.p.TypeName(policy.TypeID(l.TargetContext.Type))
	if source == object && a.p.FormatContext(l.SourceContext) == a.p.FormatContext(l.TargetContext) {
		object = "self"
	}
	perms := make([]string, len(group))
	for i := range group {
		perms[i] = group[i].Perm
	}
	text := words.Sprintf("%s is refused too: %s %s:%s %s [%s]", l.Layer, source, object, l.Class, bracedPerms(perms), l.Check.Reason.Code)
	switch {
	case l.Permissive:
		text += ", only logged (permissive)"
	case len(l.Check.Reason.DontAudit) > 0:
		text += ", and not logged: a dontaudit rule hides it"
	}
	if l.Layer == network.LayerNode && !d.Addr.IsValid() {
		text += " (for 0.0.0.0: the record does not say the address)"
	}
	return text
}

// writeFix writes the first fix.
func (a *whyAnswer) writeFix(b *words.Page, it *incident.Finding) {
	if text := a.fixText(it); text != "" {
		line(b, "fix", "%s", text)
	}
}

// next is the command that leads on, "" where there is none.
func (a *whyAnswer) next(it *incident.Finding) shell.Command {
	d := it.Denial
	if c := a.can(it); c != nil {
		return a.nextFix(it, c)
	}
	if d.Verdict == diagnose.UnknownHere || d.Hook == diagnose.HookError || len(d.Checks) == 0 {
		return shell.Command{}
	}
	if q := d.Question; q != nil {
		return a.question(q).command("can")
	}
	if c := d.Command; c != nil && c.Only {
		return a.nextCommand(d)
	}
	perm := d.Checks[0].Name
	if refused := d.Refused(); refused != nil {
		perm = refused.Name
	}
	if !a.defined(d.Class, perm) {
		return shell.Command{}
	}
	c := shell.New("senet", "access").Arg(a.p.FormatContext(d.Source), a.p.FormatContext(d.Target), d.Class, perm).With(a.policyRepeat)
	if len(it.Switches) > 0 {
		c = c.With(say.SettingFlags(a.p, it.Switches[0]))
	}
	return c
}

// defined reports whether the policy has a class and its permission. What it does
// not have may be anybody's text, and no command can ask for it.
func (a *whyAnswer) defined(class, perm string) bool {
	id, ok := a.p.Class(class)
	if ok {
		_, ok = a.p.Perm(id, perm)
	}
	return ok
}

// nextFix lists the fixes of a refused operation. A socket that systemd makes for a
// service cannot be asked by words: the record is the question then.
func (a *whyAnswer) nextFix(it *incident.Finding, c *canAnswer) shell.Command {
	switch {
	case c.maker == nil:
		return c.command("fix")
	case strings.ContainsAny(it.AVC.Text, "$`\\;&|'!*?~#\n"):
		return shell.Command{} // somebody may have chosen the names in it
	}
	return shell.New("senet", "fix").Arg(it.AVC.Text).With(a.repeat)
}

// nextCommand lists the commands that the rules name: senet access asks for
// permissions alone.
func (a *whyAnswer) nextCommand(d *diagnose.Diagnosis) shell.Command {
	flags := a.policyRepeat.Words()
	if !a.defined(d.Class, d.Command.Kind.String()) || len(flags) > 0 && (len(flags) != 2 || flags[0] != "--policy") {
		return shell.Command{}
	}
	c := shell.New("senet", "search", "--allowxperm").Option("-s", a.p.TypeName(policy.TypeID(d.Source.Type))).
		Option("-t", a.p.TypeName(policy.TypeID(d.Target.Type))).Option("-c", d.Class)
	if len(flags) > 0 {
		c = c.Arg(flags[1])
	}
	return c
}
