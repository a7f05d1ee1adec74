package say

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// Write writes the findings, and what was counted.
func (l *Log) Write(b *words.Page) {
	for i := range l.Report.Findings {
		if i > 0 {
			b.Printf("\n")
		}
		l.finding(b, &l.Report.Findings[i])
	}
	l.totals(b)
}

// finding writes one finding, the next command last.
func (l *Log) finding(b *words.Page, it *incident.Finding) {
	var next shell.Command
	if it.Symptom != nil {
		next = l.symptom(b, it)
	} else {
		next = l.denial(b, it)
	}
	b.Command("next", next)
}

func (l *Log) denial(b *words.Page, it *incident.Finding) (next shell.Command) {
	d := it.Denial
	mark, text := l.verdict(it)
	line(b, mark, "%s", text)
	line(b, "seen", "%s", seen(it))
	complaints(b, it)
	if hook := hookText(d); hook != "" {
		line(b, "hook", "%s", hook)
	}
	if why := l.Reason(d); why != "" {
		line(b, "why", "%s", why)
	}
	line(b, "today", "%s", l.today(it))
	for _, group := range thenGroups(d.Also) {
		line(b, "then", "%s", l.then(d, group))
	}
	switches(b, l.policy(), it.Switches)
	for _, n := range d.Notes {
		line(b, "note", "%s", n.Text)
	}
	l.fix(b, it)
	return l.Next(it)
}

// maxSwitches is how many settings of booleans are listed.
const maxSwitches = 3

func switches(b *words.Page, p *policy.Policy, list [][]policy.BoolSetting) {
	for i, s := range list {
		if i == maxSwitches {
			line(b, "", "and %s more", Plural(len(list)-i, "setting"))
			return
		}
		line(b, "bool", "%s would allow it", Settings(p, s, " and "))
	}
}

// verdict says who may not do what, and the mark of today's answer.
func (l *Log) verdict(it *incident.Finding) (mark, text string) {
	d := it.Denial
	source := "?"
	switch {
	case it.AVC != nil:
		source = audit.ContextType(it.AVC.SContext)
		if d.WasSource != "" {
			source = l.policy().TypeName(policy.TypeID(d.Source.Type))
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
		return "NO", source + " may not " + l.deed(it)
	case diagnose.NowAllowed:
		if d.Blocked() {
			return "NO", source + " may not " + l.deed(it) + ", though not for this reason any more"
		}
		return "YES", source + " may " + l.deed(it) + " today"
	case diagnose.OnlyLogged:
		return "YES", source + " may " + l.deed(it) + ": refused, but only logged (permissive)"
	case diagnose.NotAsked:
		return "YES", source + " may " + l.deed(it) + " on this host"
	}
	return "?", source + " was refused: " + l.deed(it)
}

// deed says what was refused, as it follows "may not".
func (l *Log) deed(it *incident.Finding) string {
	d := it.Denial
	port := words.Sprintf("%s/%d", d.Protocol, d.Port)
	if d.Addr.IsValid() {
		port = targetOf(d.Protocol, d.Addr, d.Port)
	}
	if d.Port == 0 && (d.Hook == diagnose.HookNameConnect || d.Hook == diagnose.HookNameBind) {
		port = l.unnumbered(it)
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
		return Perms(d.Permissions) + " " + audit.ContextType(it.Error.TContext) + ":" + d.Class + " (" +
			it.Error.Op + ")"
	}
	text := Perms(d.Permissions) + " " + l.object(it) + ":" + d.Class
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
		text += " and " + Plural(n, "other")
	}
	return text
}

// unknownNameText says what a program found missing in the loaded policy.
func unknownNameText(x *audit.SELinuxError) string {
	if len(x.Permissions) > 0 {
		return words.Sprintf("ask for %s of class %s, which the loaded policy did not have", Perms(x.Permissions),
			x.TClass)
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
func (l *Log) unnumbered(it *incident.Finding) string {
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

func (l *Log) object(it *incident.Finding) string {
	object := audit.ContextType(it.AVC.TContext)
	if it.Denial.Label != nil {
		object = l.policy().TypeName(policy.TypeID(it.Denial.Target.Type))
	}
	if it.AVC.SContext == it.AVC.TContext {
		return "self"
	}
	return object
}

// seen says how often, when and by whom, and names an event that can be looked
// up.
func seen(it *incident.Finding) string {
	text := "once"
	if it.Count > 1 {
		text = Number(int(it.Count)) + " times"
	}
	switch {
	case it.First.IsZero():
	case it.First.Equal(it.Last):
		text += ", " + stamp(it.First)
	default:
		text += ", first " + stamp(it.First) + ", last " + stamp(it.Last)
	}
	if it.YearAssumed && !it.First.IsZero() {
		text += " (the year is assumed)"
	}
	if n := len(it.Commands); n > 0 {
		names := it.Commands[:min(n, maxComms)]
		text += ", by " + strings.Join(names, ", ")
		if n > maxComms {
			text += " and others"
		}
	}
	if it.OnlyLogged > 0 {
		text += ", " + Number(int(it.OnlyLogged)) + " only logged"
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

// Reason is the reason of a denial in a sentence, "" where the policy does not have
// what it takes to tell.
func (l *Log) Reason(d *diagnose.Diagnosis) string {
	if len(d.Missing) > 0 && len(d.Checks) == 0 {
		return ""
	}
	label := ""
	if d.Label != nil {
		switch d.Layer {
		case network.LayerPort:
			label = PortLabel(l.policy(), d.Protocol, d.Port, *d.Label) + "; "
		case network.LayerNode:
			label = NodeLabel(l.policy(), d.Addr, *d.Label) + "; "
		}
	}
	refused := d.Refused()
	if refused == nil {
		if len(d.Checks) == 0 {
			return ""
		}
		return label + l.grantedBy(&d.Checks[0])
	}
	g := &network.Group{LayerAnswer: network.LayerAnswer{SourceContext: d.Source, TargetContext: d.Target,
		Consulted: true}}
	g.Layer, g.Class = d.Layer, d.Class
	source, object := l.policy().TypeName(policy.TypeID(d.Source.Type)),
		l.policy().TypeName(policy.TypeID(d.Target.Type))
	if source == object && l.policy().FormatContext(d.Source) == l.policy().FormatContext(d.Target) {
		object = "self"
	}
	o := &Operation{Decider: l.Decider}
	var causes []string
	for _, group := range refusals(d) {
		pc := group[0]
		cause := ""
		if c := d.Command; c != nil && pc.Name == c.Kind.String() {
			cause = commandCause(d, source, object)
		}
		if c := d.Command; c == nil || !c.Only || pc.Name != c.Kind.String() {
			if pc.Reason.Code == access.NoRule && len(group) > 1 {
				pc.Name = Perms(names(group))
			}
			cause = joinReasons(o.Cause(g, &pc, source, object), cause)
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
			return g[0].Reason.Code == pc.Reason.Code && (d.Command == nil || d.Command.Kind.String() != pc.Name &&
				d.Command.Kind.String() != g[0].Name)
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
		return words.Sprintf("a rule allows %s %s:%s %s, but not %s: allowxperm rules name the only ones", source,
			object, d.Class, c.Kind, what)
	}
	return words.Sprintf("%s takes an allowxperm rule besides, because others name the only ones", what)
}

// grantedBy names the rule that grants a permission.
func (l *Log) grantedBy(pc *access.PermCheck) string {
	if pc.Reason.Code == access.Granted {
		return "granted by " + Rule(l.policy(), pc.Reason.Rules[0], ^policy.AccessVector(0)) + " [" +
			string(access.Granted) + "]"
	}
	return "the policy does not define " + pc.Name + ", and allows what it does not define [" +
		string(pc.Reason.Code) + "]"
}

// today says what becomes of it today.
func (l *Log) today(it *incident.Finding) string {
	d := it.Denial
	switch d.Verdict {
	case diagnose.StillDenied:
		return "still denied"
	case diagnose.NowAllowed:
		if d.Blocked() {
			return "this check is granted now, but not all that the operation takes"
		}
		if !it.Last.IsZero() && l.Report.Log.Changed.After(it.Last) {
			return "allowed: the policy or a boolean was changed at " + stamp(l.Report.Log.Changed) +
				", after the last of these"
		}
		return "allowed: since then the policy, a boolean or a label changed, or the log is of a host with another " +
			"policy"
	case diagnose.OnlyLogged:
		return "refused by the policy, and only logged: " + l.policy().TypeName(policy.TypeID(d.Source.Type)) +
			" is permissive"
	case diagnose.NotAsked:
		return "not asked on this host"
	}
	if len(d.Missing) == 0 {
		return "not known"
	}
	return "not known: the policy does not have " + strings.Join(Gaps(d.Missing), ", nor ") +
		"; the log is of a host with another policy, or a module was removed (--policy FILE asks another)"
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
	return x.Layer == y.Layer && x.Class == y.Class && x.SourceContext.Type == y.SourceContext.Type &&
		x.TargetContext.Type == y.TargetContext.Type &&
		x.Check.Reason.Code == y.Check.Reason.Code &&
		(len(x.Check.Reason.DontAudit) > 0) == (len(y.Check.Reason.DontAudit) > 0)
}

// then says which other checks of the operation are refused.
func (l *Log) then(d *diagnose.Diagnosis, group []network.LayerAnswer) string {
	x := &group[0]
	source, object := l.policy().TypeName(policy.TypeID(x.SourceContext.Type)),
		l.policy().TypeName(policy.TypeID(x.TargetContext.Type))
	if source == object && l.policy().FormatContext(x.SourceContext) == l.policy().FormatContext(x.TargetContext) {
		object = "self"
	}
	perms := make([]string, len(group))
	for i := range group {
		perms[i] = group[i].Perm
	}
	text := words.Sprintf("%s is refused too: %s %s:%s %s [%s]", x.Layer, source, object, x.Class, Perms(perms),
		x.Check.Reason.Code)
	switch {
	case x.Permissive:
		text += ", only logged (permissive)"
	case len(x.Check.Reason.DontAudit) > 0:
		text += ", and not logged: a dontaudit rule hides it"
	}
	if x.Layer == network.LayerNode && !d.Addr.IsValid() {
		text += " (for 0.0.0.0: the record does not say the address)"
	}
	return text
}

// fix writes the first fix.
func (l *Log) fix(b *words.Page, it *incident.Finding) {
	if text := l.Fix(it); text != "" {
		line(b, "fix", "%s", text)
	}
}

// Next is the command that leads on from a denial, the zero Command where there is
// none.
func (l *Log) Next(it *incident.Finding) shell.Command {
	d := it.Denial
	if o := l.refused(it); o != nil {
		return l.nextFix(it, o)
	}
	if d.Verdict == diagnose.UnknownHere || d.Hook == diagnose.HookError || len(d.Checks) == 0 {
		return shell.Command{}
	}
	if q := d.Question; q != nil {
		return l.operation(&incident.Whole{Question: *q}).Command("can", l.Again)
	}
	if c := d.Command; c != nil && c.Only {
		return l.nextCommand(d)
	}
	perm := d.Checks[0].Name
	if refused := d.Refused(); refused != nil {
		perm = refused.Name
	}
	if !l.defined(d.Class, perm) {
		return shell.Command{}
	}
	c := shell.New("senet", "access").Arg(l.policy().FormatContext(d.Source), l.policy().FormatContext(d.Target),
		d.Class, perm).With(l.PolicyAgain)
	if len(it.Switches) > 0 {
		c = c.With(SettingFlags(l.policy(), it.Switches[0]))
	}
	return c
}

// defined reports whether the policy has a class and its permission. What it does
// not have may be anybody's text, and no command can ask for it.
func (l *Log) defined(class, perm string) bool {
	id, ok := l.policy().Class(class)
	if ok {
		_, ok = l.policy().Perm(id, perm)
	}
	return ok
}

// nextFix lists the fixes of a refused operation. A socket that systemd makes for a
// service cannot be asked by words: the record is the question then.
func (l *Log) nextFix(it *incident.Finding, o *Operation) shell.Command {
	switch {
	case o.Question.Maker == nil:
		return o.Command("fix", l.Again)
	case strings.ContainsAny(it.AVC.Text, "$`\\;&|'!*?~#\n"):
		return shell.Command{} // somebody may have chosen the names in it
	}
	return shell.New("senet", "fix").Arg(it.AVC.Text).With(l.Again)
}

// nextCommand lists the commands that the rules name: senet access asks for
// permissions alone.
func (l *Log) nextCommand(d *diagnose.Diagnosis) shell.Command {
	flags := l.PolicyAgain.Words()
	if !l.defined(d.Class, d.Command.Kind.String()) || len(flags) > 0 && (len(flags) != 2 || flags[0] != "--policy") {
		return shell.Command{}
	}
	c := shell.New("senet", "search", "--allowxperm").Option("-s", l.policy().TypeName(policy.TypeID(d.Source.Type))).
		Option("-t", l.policy().TypeName(policy.TypeID(d.Target.Type))).Option("-c", d.Class)
	if len(flags) > 0 {
		c = c.Arg(flags[1])
	}
	return c
}
