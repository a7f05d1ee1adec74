package doc

import (
	"net/netip"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

// Why is the document of senet why --json: schema senet.why/1. Verdict is denied
// if anything that was diagnosed is still refused.
type Why struct {
	Head
	Verdict network.Verdict `json:"verdict"`
	// Signatures are the kinds of denials, the most frequent first.
	Signatures []Signature `json:"signatures"`
	// Hidden is how many kinds are left out for want of --all.
	Hidden int `json:"hidden"`
	// Granted are accesses that were logged, not refused.
	Granted []Granted        `json:"granted"`
	Changes map[string]int64 `json:"changes"`
	// Unknown is how many kinds were not understood, Vague how many reports of
	// setroubleshoot, Others how many denials of more kinds than are kept apart,
	// BeforeBoot how many denials were left out as too old.
	Unknown    int      `json:"unknown"`
	Vague      int64    `json:"vague_reports"`
	Others     int64    `json:"others"`
	BeforeBoot int64    `json:"before_boot"`
	Log        LogStats `json:"log"`
}

// Granted is accesses that were logged as granted, and are alike.
type Granted struct {
	Signature   *DenialSignature `json:"signature"`
	Count       int64            `json:"count"`
	OnlyLogged  int64            `json:"only_logged"`
	Missed      int64            `json:"missed,omitempty"` // how many more there may have been
	First       time.Time        `json:"first,omitzero"`
	Last        time.Time        `json:"last,omitzero"`
	YearAssumed bool             `json:"year_assumed,omitempty"`
	Commands    []string         `json:"commands"`
	Objects     []string         `json:"objects"`
	MoreObjects bool             `json:"more_objects"`
	Example     *Event           `json:"example"`
	Index       int              `json:"index"` // of the example's AVC that it is about
}

// GrantedOf returns the document of groups.
func GrantedOf(groups []audit.Group) []Granted {
	list := make([]Granted, len(groups))
	for i := range groups {
		g := &groups[i]
		example, index := g.Example()
		list[i] = Granted{
			Signature: ptr(&g.Signature, denialSignatureOf), Count: g.Count, OnlyLogged: g.OnlyLogged,
			Missed: g.Missed, First: g.First,
			Last:        g.Last,
			YearAssumed: g.YearAssumed, Commands: OrEmpty(g.Commands), Objects: OrEmpty(g.Objects),
			MoreObjects: g.MoreObjects,
			Example:     ptr(example, EventOf), Index: index,
		}
	}
	return list
}

// A Signature is a kind of denials, or of complaints of a program.
type Signature struct {
	// Kind is denial, error (SELINUX_ERR) or symptom (a program's own complaint).
	Kind        string            `json:"kind"`
	Count       int64             `json:"count"`
	OnlyLogged  int64             `json:"only_logged"` // of these: permissive=1
	First       time.Time         `json:"first,omitzero"`
	Last        time.Time         `json:"last,omitzero"`
	Commands    []string          `json:"commands"`
	Objects     []string          `json:"objects"`      // paths or names of files, the first few
	MoreObjects bool              `json:"more_objects"` // than these
	Complaints  []Complaint       `json:"complaints"`   // of programs, about the same
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
	Permissions []Perm            `json:"permissions"`
	Command     *Command          `json:"command,omitempty"` // that allowxperm rules refuse
	Missing     []string          `json:"missing"`           // what the policy does not have, or the line does not say
	Label       *Label            `json:"label,omitempty"`
	Was         string            `json:"was_labelled,omitempty"`
	Then        []Layer           `json:"then"` // checks of the same operation that are refused too
	Booleans    []map[string]bool `json:"booleans"`
	Chances     []Chance          `json:"chances,omitempty"` // where the domain is not known
	Notes       []Note            `json:"notes"`
	Text        string            `json:"reason_text"`        // for a person; may change
	Fix         *BestFix          `json:"fix,omitempty"`      // the best; senet fix has all
	Fixing      string            `json:"fix_text,omitempty"` // the first fix in words; may change
	Next        string            `json:"next,omitempty"`
	Event       *Event            `json:"event"` // the first of its kind, or the one that says most
}

// A Chance is booleans that would allow what a program complains of, were it one of the domains.
type Chance struct {
	Booleans map[string]bool `json:"booleans"`
	Domains  []string        `json:"domains"`
}

// A Complaint is what a program said of a refusal.
type Complaint struct {
	Program string    `json:"program"`
	Count   int64     `json:"count"`
	First   time.Time `json:"first,omitzero"`
	Last    time.Time `json:"last,omitzero"`
	Text    string    `json:"text"`
}

// BestFix is a fix with its cost in numbers.
type BestFix struct {
	Kind          remedy.Kind          `json:"kind"`
	Change        string               `json:"change"`
	Works         bool                 `json:"works"`
	Applicability remedy.Applicability `json:"applicability"`
	Gain          int                  `json:"gain_domains"` // other domains that gain access
	Lose          int                  `json:"lose_domains"`
	Connect       int                  `json:"subject_connect_ports"` // ports that the subject gains
	Bind          int                  `json:"subject_bind_ports"`
}

// Command is an ioctl command or netlink message type that rules of extended
// permissions refuse, whether or not the permission itself is granted.
type Command struct {
	Permission        string `json:"permission"` // ioctl or nlmsg
	Number            uint16 `json:"number"`
	PermissionGranted bool   `json:"permission_granted"`
}
