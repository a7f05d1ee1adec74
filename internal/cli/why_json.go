package cli

import (
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
)

func (a *whyAnswer) json() doc.Why {
	out := doc.Why{
		Head: doc.Head{Schema: "senet.why/1", Policy: a.policyName, Host: a.machine.facts.Summary(),
			Assumptions: a.machine.assumptions()},
		Verdict:    network.Allowed,
		Signatures: []doc.Signature{}, Hidden: a.report.Hidden, Granted: doc.GrantedOf(a.report.Log.Granted()),
		Changes: map[string]int64{},
		Unknown: a.report.Unknown, Vague: a.report.Log.Vague, Others: a.report.Log.Others(), BeforeBoot: a.report.Log.Stats.Early, Log: a.report.Log.Stats,
	}
	for _, c := range a.report.Log.Changes {
		out.Changes[changeText(&c.Change)] += c.Count
	}
	if a.report.Denied() {
		out.Verdict = network.Denied
	}
	for i := range a.report.Findings {
		out.Signatures = append(out.Signatures, a.itemJSON(&a.report.Findings[i]))
	}
	return out
}

func (a *whyAnswer) itemJSON(it *incident.Finding) doc.Signature {
	out := doc.Signature{
		Kind: "denial", Count: it.Count, OnlyLogged: it.OnlyLogged, First: it.First, Last: it.Last,
		Commands: doc.OrEmpty(it.Commands), Event: it.Event,
		Objects: doc.OrEmpty(it.Objects), MoreObjects: it.MoreObjects,
		Complaints: []doc.Complaint{}, Permissions: []doc.Perm{}, Missing: []string{}, Then: []doc.Layer{},
		Booleans: []map[string]bool{}, Notes: []diagnose.Note{},
	}
	if it.Symptom != nil {
		out.Kind = "symptom"
		a.symptomJSON(&out, it)
	} else {
		if it.Error != nil {
			out.Kind = "error"
		}
		a.denialJSON(&out, it.Denial)
		out.Next = a.next(it).String()
	}
	out.Fixing = a.fixText(it)
	for i := range it.Complaints {
		g := &it.Complaints[i]
		out.Complaints = append(out.Complaints, doc.Complaint{Program: g.Example.Symptom.Program, Count: g.Count,
			First: g.First, Last: g.Last, Text: g.Example.Symptom.Text})
	}
	for _, s := range it.Switches {
		out.Booleans = append(out.Booleans, doc.SettingsOf(a.p, s))
	}
	if fixes := a.costed(it); fixes != nil {
		if best := fixes.shown(false); len(best) > 0 {
			out.Fix = newWhyFixJSON(fixes, best[0])
		}
	}
	return out
}

func newWhyFixJSON(a *fixAnswer, i int) *doc.BestFix {
	f := &a.fixes[i]
	return &doc.BestFix{
		Kind: f.Kind, Change: a.title(f), Works: f.Works, Applicability: f.Applicability, Gain: f.Gain.Domains(), Lose: f.Lose.Domains(),
		Connect: f.SubjectConnect.Len(), Bind: f.SubjectBind.Len(),
	}
}

func (a *whyAnswer) denialJSON(out *doc.Signature, d *diagnose.Diagnosis) {
	out.Today, out.Hook, out.Mirrors, out.Layer, out.Operation = d.Verdict, d.Hook, d.Mirrors(), d.Layer, d.Operation
	out.Protocol, out.Addr, out.Port, out.Class = d.Protocol, d.Addr, d.Port, d.Class
	out.Missing, out.Notes, out.Was, out.Text = gapTexts(d.Missing), doc.OrEmpty(d.Notes), d.Was, a.why(d)
	if d.Source.Type != 0 {
		out.Source = a.p.FormatContext(d.Source)
	}
	if d.Target.Type != 0 {
		out.Target = a.p.FormatContext(d.Target)
	}
	for i := range d.Checks {
		out.Permissions = append(out.Permissions, a.permJSON(&d.Checks[i]))
	}
	if c := d.Command; c != nil {
		out.Command = &doc.Command{Permission: c.Kind.String(), Number: c.Number, PermissionGranted: c.Only}
	}
	if d.Label != nil {
		out.Label = &doc.Label{Context: a.p.FormatContext(d.Label.Context)}
		if d.Layer == network.LayerPort && d.Label.Record >= 0 {
			out.Label.Record = say.Portcon(a.p.Port(d.Label.Record))
		}
	}
	for i := range d.Also {
		l := &d.Also[i]
		out.Then = append(out.Then, doc.Layer{
			Layer: l.Layer, Consulted: true, When: string(l.When), Source: a.p.FormatContext(l.SourceContext), Target: a.p.FormatContext(l.TargetContext),
			Class: l.Class, Perms: []doc.Perm{a.permJSON(&l.Check)}, Verdict: "denied", Permissive: l.Permissive,
			KernelMirrors: l.Mirrors,
		})
	}
}

func (a *whyAnswer) permJSON(pc *access.PermCheck) doc.Perm {
	out := doc.Perm{Name: pc.Name, Allowed: pc.Allowed, Reason: pc.Reason.Code}
	for _, r := range pc.Reason.Rules {
		out.Rules = append(out.Rules, doc.RuleOf(a.p, r))
	}
	return out
}

func (a *whyAnswer) symptomJSON(out *doc.Signature, it *incident.Finding) {
	d := it.Symptom
	out.Today, out.Hook, out.Operation, out.Protocol, out.Addr, out.Port = d.Verdict, diagnose.HookSymptom, d.Operation, d.Protocol, d.Addr, d.Port
	out.Missing, out.Notes = gapTexts(d.Missing), doc.OrEmpty(d.Notes)
	if d.Subject.Context.Type != 0 {
		out.Source = a.p.FormatContext(d.Subject.Context)
	}
	if it.Whole == nil {
		if label, ok := a.symptomPort(d); ok && !it.Explained() {
			out.Label = &doc.Label{Context: a.p.FormatContext(label.Context)}
			if label.Record >= 0 {
				out.Label.Record = say.Portcon(a.p.Port(label.Record))
			}
			out.Next = a.nextWho(d).String()
		}
		return
	}
	c := a.answered(it.Whole)
	out.Text = c.said().Why()
	if g := network.Refusing(network.Groups(c.answer.Layers)); g != nil {
		out.Layer, out.Class, out.Target = g.Layer, g.Class, a.p.FormatContext(g.TargetContext)
		for i := range g.Checks {
			out.Permissions = append(out.Permissions, a.permJSON(&g.Checks[i]))
		}
	}
	verb := "can"
	if d.Verdict == diagnose.StillDenied {
		verb = "fix"
	}
	out.Next = c.command(verb).String()
}
