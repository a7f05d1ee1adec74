package cli

import (
	"net/netip"
	"time"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

// whyJSON is what senet why --json prints: schema senet.why/1. Verdict is denied
// if anything that was diagnosed is still refused.
type whyJSON struct {
	envelope
	// Signatures are the kinds of denials, the most frequent first.
	Signatures []whyItemJSON `json:"signatures"`
	// Hidden is how many kinds are left out for want of --all.
	Hidden int `json:"hidden"`
	// Granted are accesses that were logged, not refused.
	Granted []audit.Group    `json:"granted"`
	Changes map[string]int64 `json:"changes"`
	// Unknown is how many kinds were not understood, Vague how many reports of
	// setroubleshoot, Others how many denials of more kinds than are kept apart,
	// BeforeBoot how many denials were left out as too old.
	Unknown    int         `json:"unknown"`
	Vague      int64       `json:"vague_reports"`
	Others     int64       `json:"others"`
	BeforeBoot int64       `json:"before_boot"`
	Log        audit.Stats `json:"log"`
}

type whyItemJSON struct {
	// Kind is denial, error (SELINUX_ERR) or symptom (a program's own complaint).
	Kind        string            `json:"kind"`
	Count       int64             `json:"count"`
	OnlyLogged  int64             `json:"only_logged"` // of these: permissive=1
	First       time.Time         `json:"first,omitzero"`
	Last        time.Time         `json:"last,omitzero"`
	Commands    []string          `json:"commands"`
	Objects     []string          `json:"objects"`      // paths or names of files, the first few
	MoreObjects bool              `json:"more_objects"` // than these
	Complaints  []complaintJSON   `json:"complaints"`   // of programs, about the same
	Today       diagnose.Verdict  `json:"today"`
	Hook        diagnose.Hook     `json:"hook"`
	Mirrors     string            `json:"mirrors,omitempty"`
	Layer       network.Layer     `json:"layer,omitempty"`
	Operation   network.Operation `json:"operation,omitempty"`
	Protocol    network.Protocol  `json:"protocol,omitempty"`
	Addr        netip.Addr        `json:"addr,omitzero"`
	Port        uint16            `json:"port,omitempty"`
	Source      string            `json:"source,omitempty"` // contexts as they are asked today
	Target      string            `json:"target,omitempty"`
	Class       string            `json:"class,omitempty"`
	Permissions []permJSON        `json:"permissions"`
	Command     *commandJSON      `json:"command,omitempty"` // that allowxperm rules refuse
	Missing     []string          `json:"missing"`           // what the policy does not have, or the line does not say
	Label       *labelJSON        `json:"label,omitempty"`
	Was         string            `json:"was_labelled,omitempty"`
	Then        []layerJSON       `json:"then"` // checks of the same operation that are refused too
	Booleans    []map[string]bool `json:"booleans"`
	Notes       []diagnose.Note   `json:"notes"`
	Text        string            `json:"reason_text"`        // for a person; may change
	Fix         *whyFixJSON       `json:"fix,omitempty"`      // the best; senet fix has all
	Fixing      string            `json:"fix_text,omitempty"` // the first fix in words; may change
	Next        string            `json:"next,omitempty"`
	Event       *audit.Event      `json:"event"` // the first of its kind, or the one that says most
}

func (a *whyAnswer) json() whyJSON {
	out := whyJSON{
		envelope:   envelope{Schema: "senet.why/1", Policy: a.policyName, Host: a.machine.facts.Summary(), Verdict: network.Allowed, Assumptions: a.machine.assumptions()},
		Signatures: []whyItemJSON{}, Hidden: a.report.Hidden, Granted: a.report.Log.Granted(), Changes: map[string]int64{},
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

func (a *whyAnswer) itemJSON(it *incident.Finding) whyItemJSON {
	out := whyItemJSON{
		Kind: "denial", Count: it.Count, OnlyLogged: it.OnlyLogged, First: it.First, Last: it.Last, Commands: orNone(it.Commands), Event: it.Event,
		Objects: orNone(it.Objects), MoreObjects: it.MoreObjects,
		Complaints: []complaintJSON{}, Permissions: []permJSON{}, Missing: []string{}, Then: []layerJSON{}, Booleans: []map[string]bool{}, Notes: []diagnose.Note{},
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
		out.Complaints = append(out.Complaints, complaintJSON{g.Example.Symptom.Program, g.Count, g.First, g.Last, g.Example.Symptom.Text})
	}
	for _, s := range it.Switches {
		out.Booleans = append(out.Booleans, settingsJSON(a.p, s))
	}
	if fixes := a.costed(it); fixes != nil {
		if best := fixes.shown(false); len(best) > 0 {
			out.Fix = newWhyFixJSON(fixes, best[0])
		}
	}
	return out
}

type complaintJSON struct {
	Program string    `json:"program"`
	Count   int64     `json:"count"`
	First   time.Time `json:"first,omitzero"`
	Last    time.Time `json:"last,omitzero"`
	Text    string    `json:"text"`
}

// whyFixJSON is a fix with its cost in numbers.
type whyFixJSON struct {
	Kind          remedy.Kind          `json:"kind"`
	Change        string               `json:"change"`
	Works         bool                 `json:"works"`
	Applicability remedy.Applicability `json:"applicability"`
	Gain          int                  `json:"gain_domains"` // other domains that gain access
	Lose          int                  `json:"lose_domains"`
	Connect       int                  `json:"subject_connect_ports"` // ports that the subject gains
	Bind          int                  `json:"subject_bind_ports"`
}

func newWhyFixJSON(a *fixAnswer, i int) *whyFixJSON {
	f := &a.fixes[i]
	return &whyFixJSON{
		Kind: f.Kind, Change: a.title(f), Works: f.Works, Applicability: f.Applicability, Gain: f.Gain.Domains(), Lose: f.Lose.Domains(),
		Connect: f.SubjectConnect.Len(), Bind: f.SubjectBind.Len(),
	}
}

func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (a *whyAnswer) denialJSON(out *whyItemJSON, d *diagnose.Diagnosis) {
	out.Today, out.Hook, out.Mirrors, out.Layer, out.Operation = d.Verdict, d.Hook, d.Mirrors(), d.Layer, d.Operation
	out.Protocol, out.Addr, out.Port, out.Class = d.Protocol, d.Addr, d.Port, d.Class
	out.Missing, out.Notes, out.Was, out.Text = gapTexts(d.Missing), orNone(d.Notes), d.Was, a.why(d)
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
		out.Command = &commandJSON{Permission: c.Kind.String(), Number: c.Number, PermissionGranted: c.Only}
	}
	if d.Label != nil {
		out.Label = &labelJSON{Context: a.p.FormatContext(d.Label.Context)}
		if d.Layer == network.LayerPort && d.Label.Record >= 0 {
			out.Label.Record = say.Portcon(a.p.Port(d.Label.Record))
		}
	}
	for i := range d.Also {
		l := &d.Also[i]
		out.Then = append(out.Then, layerJSON{
			Layer: l.Layer, Consulted: true, When: string(l.When), Source: a.p.FormatContext(l.SourceContext), Target: a.p.FormatContext(l.TargetContext),
			Class: l.Class, Perms: []permJSON{a.permJSON(&l.Check)}, Verdict: "denied", Permissive: l.Permissive, KernelMirrors: l.Mirrors,
		})
	}
}

// commandJSON is an ioctl command or netlink message type that rules of extended
// permissions refuse, whether or not the permission itself is granted.
type commandJSON struct {
	Permission        string `json:"permission"` // ioctl or nlmsg
	Number            uint16 `json:"number"`
	PermissionGranted bool   `json:"permission_granted"`
}

func (a *whyAnswer) permJSON(pc *access.PermCheck) permJSON {
	out := permJSON{Name: pc.Name, Allowed: pc.Allowed, Reason: pc.Reason.Code}
	for _, r := range pc.Reason.Rules {
		out.Rules = append(out.Rules, newRuleJSON(a.p, r))
	}
	return out
}

func (a *whyAnswer) symptomJSON(out *whyItemJSON, it *incident.Finding) {
	d := it.Symptom
	out.Today, out.Hook, out.Operation, out.Protocol, out.Addr, out.Port = d.Verdict, diagnose.HookSymptom, d.Operation, d.Protocol, d.Addr, d.Port
	out.Missing, out.Notes = gapTexts(d.Missing), orNone(d.Notes)
	if d.Subject.Context.Type != 0 {
		out.Source = a.p.FormatContext(d.Subject.Context)
	}
	if it.Whole == nil {
		if label, ok := a.symptomPort(d); ok && !it.Explained() {
			out.Label = &labelJSON{Context: a.p.FormatContext(label.Context)}
			if label.Record >= 0 {
				out.Label.Record = say.Portcon(a.p.Port(label.Record))
			}
			out.Next = a.nextWho(d).String()
		}
		return
	}
	c := a.answered(it.Whole)
	groups := groupLayers(c.answer.Layers)
	out.Text = c.why(groups)
	if g := c.refusing(groups); g != nil {
		out.Layer, out.Class, out.Target = g.Layer, g.Class, a.p.FormatContext(g.TargetContext)
		for i := range g.perms {
			out.Permissions = append(out.Permissions, a.permJSON(&g.perms[i]))
		}
	}
	verb := "can"
	if d.Verdict == diagnose.StillDenied {
		verb = "fix"
	}
	out.Next = c.command(verb).String()
}
