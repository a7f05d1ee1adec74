package doc

import (
	"github.com/senet-selinux/senet/internal/interfaces"
	"github.com/senet-selinux/senet/internal/refpolicy"
)

const refpolicySchema = "senet.refpolicy/1"

// RefpolicyList is the document of senet refpolicy list and show --json: schema
// senet.refpolicy/1.
type RefpolicyList struct {
	Schema  string `json:"schema"`
	Action  string `json:"action"`  // list or show
	Headers string `json:"headers"` // the directory
	// Interfaces are the requested ones, sorted by name.
	Interfaces []RefpolicyInterface `json:"interfaces"`
}

// RefpolicyInterface is an interface or a template of refpolicy's headers.
type RefpolicyInterface struct {
	Name     string `json:"name"`
	Template bool   `json:"template"`
	Summary  string `json:"summary"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	// Arguments are those that the comment before it names.
	Arguments []RefpolicyArgument `json:"arguments"`
	// Statements are the statements of a call, with $1 and so on for its arguments; for show.
	Statements []string `json:"statements,omitempty"`
}

// RefpolicyArgument is an argument of an interface.
type RefpolicyArgument struct {
	Name     string `json:"name"`
	Summary  string `json:"summary"`
	Optional bool   `json:"optional"`
}

// RefpolicyExpand is the document of senet refpolicy expand --json: schema
// senet.refpolicy/1.
type RefpolicyExpand struct {
	Schema     string               `json:"schema"`
	Action     string               `json:"action"` // expand
	Headers    string               `json:"headers"`
	Policy     string               `json:"policy"`
	Expansions []RefpolicyExpansion `json:"expansions"`
}

// RefpolicyExpansion is a call and its statements.
type RefpolicyExpansion struct {
	Call       string   `json:"call"`
	Statements []string `json:"statements"`
	Warnings   []string `json:"warnings"` // messages of the interface, for example that it is deprecated
	// Effect is the access that the call adds to the policy; null for templates and macros, and for a domain that the
	// policy lacks.
	Effect *RefpolicyEffect `json:"effect"`
}

// RefpolicyEffect is the access that a call of an interface adds to the policy.
type RefpolicyEffect struct {
	Call string `json:"call"`
	// Whole says that it grants all needs, Grants which of them; for search.
	Whole  bool            `json:"whole"`
	Grants []RefpolicyNeed `json:"grants"`
	// Beyond counts permissions for types that were not asked for, BeyondPorts such ports, and Dangers such rules on
	// the list of dangers.
	Beyond      int              `json:"beyond"`
	BeyondPorts int              `json:"beyond_ports"`
	Dangers     int              `json:"dangers"`
	Ports       []RefpolicyPorts `json:"ports"`
	Gains       []RefpolicyGain  `json:"gains"`
	// Missing are names that the call requires and the policy lacks.
	Missing []string `json:"missing"`
	// Off are conditions of rules that are false now.
	Off []string `json:"off"`
	// Through are attributes that the domain becomes a member of.
	Through []string `json:"through"`
}

// RefpolicyNeed is a requested access.
type RefpolicyNeed struct {
	Source string   `json:"source"`
	Target string   `json:"target"`
	Class  string   `json:"class"`
	Perms  []string `json:"perms"`
}

// RefpolicyPorts are ports that a call opens, by their labels.
type RefpolicyPorts struct {
	Action   string  `json:"action"` // bind or connect
	Protocol string  `json:"protocol"`
	Ports    PortSet `json:"ports"`
}

// RefpolicyGain is the access that one rule adds.
type RefpolicyGain struct {
	Source string   `json:"source"`
	Target string   `json:"target"`
	Class  string   `json:"class"`
	Perms  []string `json:"perms"`
	// Types counts the types of the target with new access.
	Types int `json:"types"`
	// Through is the attribute of the rule, Danger the reason why it is on the list of dangers.
	Through string `json:"through,omitempty"`
	Danger  string `json:"danger,omitempty"`
}

// RefpolicySearch is the document of senet refpolicy search --json: schema
// senet.refpolicy/1.
type RefpolicySearch struct {
	Schema  string          `json:"schema"`
	Action  string          `json:"action"` // search
	Headers string          `json:"headers"`
	Policy  string          `json:"policy"`
	Needs   []RefpolicyNeed `json:"needs"` // without access that the policy grants today
	// Calls are, for a single need, the interfaces that grant a part of it, the cheapest first; for several needs,
	// the calls that together grant as much as possible.
	Calls []RefpolicyEffect `json:"calls"`
	// Left is the access that no interface grants.
	Left []RefpolicyNeed `json:"left"`
	// LeftOut are interfaces that are not searched, as they cannot be expanded.
	LeftOut []RefpolicyLeftOut `json:"left_out"`
}

// RefpolicyLeftOut is an interface that is not searched.
type RefpolicyLeftOut struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// RefpolicyListOf returns the document of definitions; with whole, the one of show.
func RefpolicyListOf(h *refpolicy.Headers, defs []int, whole bool) RefpolicyList {
	out := RefpolicyList{Schema: refpolicySchema, Action: "list", Headers: h.Dir,
		Interfaces: make([]RefpolicyInterface, len(defs))}
	if whole {
		out.Action = "show"
	}
	for i, def := range defs {
		d := &h.Defs[def]
		x := RefpolicyInterface{Name: d.Name, Template: d.Template, Summary: h.Summary(def),
			File: h.Files[d.File].Path, Line: h.Line(def), Arguments: []RefpolicyArgument{}}
		for _, p := range h.Params(def) {
			x.Arguments = append(x.Arguments, RefpolicyArgument(p))
		}
		if whole {
			x.Statements = OrEmpty(h.Statements(def))
		}
		out.Interfaces[i] = x
	}
	return out
}

// RefpolicyExpandOf returns the document of expansions.
func RefpolicyExpandOf(headers, policy string, list []*interfaces.Expansion) RefpolicyExpand {
	out := RefpolicyExpand{Schema: refpolicySchema, Action: "expand", Headers: headers, Policy: policy}
	for _, e := range list {
		x := RefpolicyExpansion{Call: e.Call, Statements: OrEmpty(e.Statements), Warnings: OrEmpty(e.Warnings)}
		if e.Effect != nil {
			effect := refpolicyEffectOf(&interfaces.Candidate{Effect: e.Effect})
			x.Effect = &effect
		}
		out.Expansions = append(out.Expansions, x)
	}
	return out
}

// RefpolicySearchOf returns the document of a search.
func RefpolicySearchOf(headers, policy string, r *interfaces.Found) RefpolicySearch {
	out := RefpolicySearch{Schema: refpolicySchema, Action: "search", Headers: headers, Policy: policy,
		Needs: refpolicyNeedsOf(r.Needs), Left: refpolicyNeedsOf(r.Left), Calls: []RefpolicyEffect{}}
	for i := range r.Calls {
		out.Calls = append(out.Calls, refpolicyEffectOf(&r.Calls[i]))
	}
	out.LeftOut = make([]RefpolicyLeftOut, len(r.LeftOut))
	for i, l := range r.LeftOut {
		out.LeftOut[i] = RefpolicyLeftOut{l.Name, l.Why.Error()}
	}
	return out
}

func refpolicyNeedsOf(list []interfaces.Need) []RefpolicyNeed {
	out := make([]RefpolicyNeed, len(list))
	for i, n := range list {
		out[i] = RefpolicyNeed{n.Source, n.Target, n.Class, OrEmpty(n.Perms)}
	}
	return out
}

func refpolicyEffectOf(c *interfaces.Candidate) RefpolicyEffect {
	e := c.Effect
	out := RefpolicyEffect{Call: e.Call, Whole: c.Whole, Grants: refpolicyNeedsOf(c.Grants), Beyond: e.Beyond,
		BeyondPorts: e.BeyondPorts, Dangers: e.Dangers, Missing: OrEmpty(e.Missing), Off: OrEmpty(e.Off),
		Through: OrEmpty(e.Through), Ports: []RefpolicyPorts{}, Gains: make([]RefpolicyGain, len(e.Gains))}
	for i, g := range e.Gains {
		out.Gains[i] = RefpolicyGain(g)
		out.Gains[i].Perms = OrEmpty(g.Perms)
	}
	for _, p := range e.Ports {
		out.Ports = append(out.Ports, RefpolicyPorts{p.Action(), p.Protocol, portSetOf(p.Ports)})
	}
	return out
}
