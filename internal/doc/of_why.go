package doc

import (
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// A WhyAnswer has the input for the document of senet why.
type WhyAnswer struct {
	Policy      string // its name
	Host        host.Facts
	Assumptions []network.Assumption
	Log         *say.Log
}

// WhyOf returns the document of a report on a log.
func WhyOf(a *WhyAnswer) Why {
	r := a.Log.Report
	out := Why{
		Head:    HeadOf("senet.why/1", a.Policy, &a.Host, a.Assumptions),
		Verdict: network.Allowed, Signatures: []Signature{}, Hidden: r.Hidden, Granted: GrantedOf(r.Log.Granted()),
		Changes: map[string]int64{}, Unknown: r.Unknown, Vague: r.Log.Vague, Others: r.Log.Others(),
		BeforeBoot: r.Log.Stats.Early, Log: LogStatsOf(&r.Log.Stats),
	}
	for _, c := range r.Log.Changes {
		out.Changes[say.LoggedChange(&c.Change)] += c.Count
	}
	switch {
	case r.Denied():
		out.Verdict = network.Denied
	case !r.Complete(), r.Labels != nil && len(r.Labels.Wrong) > 0:
		out.Verdict = network.Depends
	}
	out.Labels = ptr(r.Labels, func(labels *incident.Labels) LogLabels { return labelsOf(a.Log, labels) })
	for i := range r.Remarks {
		out.Remarks = append(out.Remarks, remarkOf(a.Log, &r.Remarks[i]))
	}
	for i := range r.Findings {
		out.Signatures = append(out.Signatures, newSignature(a.Log, &r.Findings[i]))
	}
	return out
}

func labelsOf(l *say.Log, labels *incident.Labels) LogLabels {
	out := LogLabels{Wrong: []ListedFile{}, More: labels.More, Right: labels.Right, Unknown: labels.Unknown}
	for i := range labels.Wrong {
		f := &labels.Wrong[i]
		out.Wrong = append(out.Wrong, ListedFile{f.Path, f.Type, f.Wanted, f.From, f.Customizable, f.Starter, f.Line,
			l.ListedFix(f).String()})
	}
	return out
}

func newSignature(l *say.Log, f *incident.Finding) Signature {
	p := l.Decider.Policy()
	out := Signature{
		Kind: "denial", Count: f.Count, OnlyLogged: f.OnlyLogged, First: f.First, Last: f.Last,
		Event:    ptr(f.Event, EventOf),
		Commands: OrEmpty(f.Commands), Objects: OrEmpty(f.Objects), MoreObjects: f.MoreObjects,
		Complaints: []Complaint{}, Permissions: []Perm{}, Missing: []string{}, Then: []Layer{},
		Notes:    []Note{},
		Booleans: AlternativesOf(p, f.Switches), Chances: chancesOf(p, f.Chances), Fixing: l.Fix(f),
	}
	switch {
	case f.Symptom != nil:
		out.Kind = "symptom"
		out.symptom(l, f)
	case f.Error != nil:
		out.Kind = "error"
		out.denial(l, f)
	default:
		out.denial(l, f)
	}
	for i := range f.Complaints {
		g := &f.Complaints[i]
		s := g.Example.Symptom
		out.Complaints = append(out.Complaints, Complaint{s.Program, g.Count, g.First, g.Last, s.Text})
	}
	if best := f.Fix.Best; best != nil && best.Works && best.Applicability != remedy.Never {
		out.Fix = &BestFix{
			Kind: best.Kind, Change: say.FixTitle(p, best), Works: best.Works, Applicability: best.Applicability,
			Gain: best.Gain.Domains(), Lose: best.Lose.Domains(), Connect: best.SubjectConnect.Len(),
			Bind: best.SubjectBind.Len(),
		}
	}
	return out
}

// denial sets the policy's facts about a denial.
func (out *Signature) denial(l *say.Log, f *incident.Finding) {
	p, d := l.Decider.Policy(), f.Denial
	out.Today, out.Hook, out.Mirrors, out.Layer, out.Operation = d.Verdict, d.Hook, d.Mirrors(), d.Layer, d.Operation
	out.Protocol, out.Addr, out.Port, out.Class = d.Protocol, d.Addr, d.Port, d.Class
	out.Missing, out.Notes, out.Was, out.Text = say.Gaps(d.Missing), OrEmpty(list(d.Notes, noteOf)), d.Was, l.Reason(d)
	out.Source, out.Target, out.Instead = contextOf(p, d.Source), contextOf(p, d.Target), d.Instead
	out.FirstStep = d.Step
	if there := d.Elsewhere; there != nil {
		out.FirstStep, out.Instead = there.Step, there.Instead
	}
	for i := range d.Checks {
		out.Permissions = append(out.Permissions, PermOf(p, d.Source, &d.Checks[i]))
	}
	if c := d.Command; c != nil {
		out.Command = &Command{Permission: c.Kind.String(), Number: c.Number, PermissionGranted: c.Only}
	}
	if d.Label != nil {
		label := Label{Context: p.FormatContext(d.Label.Context)}
		if d.Layer == network.LayerPort {
			label = LabelOf(p, *d.Label)
		}
		out.Label = &label
	}
	for i := range d.Also {
		a := &d.Also[i]
		out.Then = append(out.Then, Layer{
			Layer: a.Layer, Consulted: true, When: string(a.When), Class: a.Class, Verdict: network.Denied,
			Source: p.FormatContext(a.SourceContext), Target: p.FormatContext(a.TargetContext),
			Perms: []Perm{PermOf(p, a.SourceContext, &a.Check)}, Permissive: a.Permissive, KernelMirrors: a.Mirrors,
		})
	}
	out.Candidates, out.Assumptions = list(d.Candidates, candidateOf), list(d.Assumptions, assumptionOf)
	out.Next = l.Next(f).String()
}

func candidateOf(c *diagnose.Candidate) Candidate {
	return Candidate{CheckPlace{c.File, c.Line}, c.Operation, c.Protocol, c.Host, c.Port, c.Open, c.Directive,
		c.Verdict}
}

// contextOf writes a context, "" for the zero one.
func contextOf(p *policy.Policy, c policy.Context) string {
	if c.Type == 0 {
		return ""
	}
	return p.FormatContext(c)
}

// symptom sets the policy's facts about a program's own complaint.
func (out *Signature) symptom(l *say.Log, f *incident.Finding) {
	p, d := l.Decider.Policy(), f.Symptom
	out.Today, out.Hook, out.Operation = d.Verdict, diagnose.HookSymptom, d.Operation
	out.Protocol, out.Addr, out.Port = d.Protocol, d.Addr, d.Port
	out.Missing, out.Notes, out.Source = say.Gaps(d.Missing), OrEmpty(list(d.Notes, noteOf)),
		contextOf(p, d.Subject.Context)
	out.Candidates, out.Assumptions = list(d.Candidates, candidateOf), list(d.Assumptions, assumptionOf)
	o := l.Operation(f.Whole)
	if d.File != nil {
		out.file(l, d)
		return
	}
	if o == nil {
		if label, ok := d.PortLabel(p); ok && !f.Explained() {
			label := LabelOf(p, label)
			out.Label, out.Next = &label, l.NextWho(d).String()
		} else if d.Verdict == diagnose.UnknownHere && f.Event.Symptom.Protocol != "unix" {
			out.Next = say.Recent().String()
		}
		return
	}
	out.Text = o.Why()
	if g := network.Refusing(network.Groups(o.Answer.Layers)); g != nil {
		out.Layer, out.Class, out.Target = g.Layer, g.Class, p.FormatContext(g.TargetContext)
		for i := range g.Checks {
			out.Permissions = append(out.Permissions, PermOf(p, g.SourceContext, &g.Checks[i]))
		}
	}
	verb := "can"
	if d.Verdict == diagnose.StillDenied {
		verb = "fix"
	}
	out.Next = o.Command(verb, l.Again).String()
}

// file sets the policy's facts about a complaint about a file: the check that refuses it.
func (out *Signature) file(l *say.Log, d *diagnose.SymptomDiagnosis) {
	p := l.Decider.Policy()
	out.Class, out.Text, out.Next, out.If = d.File.Class, l.FileWhy(d), l.NextOfFile(d).String(), d.File.If
	if c := d.Refused(); c != nil {
		out.Class, out.Target = c.Class, p.FormatContext(c.Target)
		out.Permissions = append(out.Permissions, PermOf(p, d.Subject.Context, &c.Check))
		out.Step = &FileStep{c.Path, c.From}
	}
	for _, m := range d.File.Modes {
		out.Modes = append(out.Modes, FileMode{m.Path, words.Sprintf("%04o", uint32(m.Mode.Perm())), m.UID, m.GID,
			m.Lacks})
	}
}

func chancesOf(p *policy.Policy, list []incident.Chance) []Chance {
	var out []Chance
	for _, c := range list {
		chance := Chance{Booleans: SettingsOf(p, c.Switch), Domains: []string{}}
		for _, id := range c.Domains {
			chance.Domains = append(chance.Domains, p.TypeName(id))
		}
		out = append(out, chance)
	}
	return out
}
