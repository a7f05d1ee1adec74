package doc

import (
	"net/netip"
	"time"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

// Why is the document of senet why --json: schema senet.why/1. Verdict is denied if any finding is
// still refused, else depends if something in the log was not understood, as the exit status 1 says,
// or if a listed file has another label than the one of file_contexts.
type Why struct {
	Head
	Verdict network.Verdict `json:"verdict"`
	// Signatures are the kinds of denials, the most frequent first.
	Signatures []Signature `json:"signatures"`
	// Hidden is the number of kinds left out without --all.
	Hidden int `json:"hidden"`
	// Granted are accesses that were logged, not refused.
	Granted []Granted        `json:"granted"`
	Changes map[string]int64 `json:"changes"`
	// Unknown is the number of kinds without an answer, Vague the number of setroubleshoot reports
	// without one, Others the number of denials of further kinds, which are not listed, BeforeBoot
	// the number of denials before the last boot.
	Unknown    int   `json:"unknown"`
	Vague      int64 `json:"vague_reports"`
	Others     int64 `json:"others"`
	BeforeBoot int64 `json:"before_boot"`
	// Labels compares the labels of listings with file_contexts, if the log has nothing else to explain.
	Labels *LogLabels `json:"labels,omitempty"`
	// Remarks are lines about SELinux itself that are no denials.
	Remarks []LogRemark `json:"remarks,omitempty"`
	Log     LogStats    `json:"log"`
}

// LogLabels are what the listings of a log tell of the labels of files.
type LogLabels struct {
	// Wrong are files with another type than the one of file_contexts, More the number of others; Right is the number
	// of files with that type, Unknown the number of those that could not be compared.
	Wrong   []ListedFile `json:"wrong"`
	More    int          `json:"more,omitempty"`
	Right   int          `json:"right"`
	Unknown int          `json:"unknown"`
}

// A ListedFile is a file of a listing whose type is not the one of file_contexts.
type ListedFile struct {
	Path   string `json:"path"`
	Type   string `json:"type"`
	Wanted string `json:"wanted"`
	// From is the line of file_contexts, absent where a program in the log looked it up (restorecon).
	From string `json:"from,omitempty"`
	// Customizable says that the type is one that administrators set by hand.
	Customizable bool `json:"customizable,omitempty"`
	// Starter is the domain of systemd if it may not execute the file because of its type.
	Starter string `json:"starter,omitempty"`
	Line    int64  `json:"line"` // of the log
	Fixing  string `json:"fix_text"`
}

// Granted is a group of equal accesses that were logged as granted.
type Granted struct {
	Signature   *DenialSignature `json:"signature"`
	Count       int64            `json:"count"`
	OnlyLogged  int64            `json:"only_logged"`
	Missed      int64            `json:"missed,omitempty"` // the possible number of others
	First       time.Time        `json:"first,omitzero"`
	Last        time.Time        `json:"last,omitzero"`
	YearAssumed bool             `json:"year_assumed,omitempty"`
	Commands    []string         `json:"commands"`
	Objects     []string         `json:"objects"`
	MoreObjects bool             `json:"more_objects"`
	Example     *Event           `json:"example"`
	Index       int              `json:"index"` // the index of the example's AVC
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
	OnlyLogged  int64             `json:"only_logged"` // with permissive=1
	First       time.Time         `json:"first,omitzero"`
	Last        time.Time         `json:"last,omitzero"`
	Commands    []string          `json:"commands"`
	Objects     []string          `json:"objects"`      // paths or names of files, the first few
	MoreObjects bool              `json:"more_objects"` // than these
	Complaints  []Complaint       `json:"complaints"`   // of programs, about the same operation
	Today       diagnose.Verdict  `json:"today"`
	Hook        diagnose.Hook     `json:"hook"`
	Mirrors     string            `json:"mirrors,omitempty"`
	Layer       network.Layer     `json:"layer,omitempty"`
	Operation   network.Operation `json:"operation,omitempty"`
	Protocol    network.Protocol  `json:"protocol,omitempty"`
	Addr        netip.Addr        `json:"addr,omitzero"`
	Port        uint16            `json:"port,omitempty"`
	Source      string            `json:"source,omitempty"` // the contexts of the question today
	Target      string            `json:"target,omitempty"`
	Class       string            `json:"class,omitempty"`
	Permissions []Perm            `json:"permissions"`
	Command     *Command          `json:"command,omitempty"` // a command that allowxperm rules deny
	// Candidates are the endpoints of the program's configuration that a line without a port may be
	// about, Assumptions say which of them it is taken to be.
	Candidates  []Candidate  `json:"candidates,omitempty"`
	Assumptions []Assumption `json:"assumptions,omitempty"`
	Missing     []string     `json:"missing"` // missing names of the policy, or facts of the line
	// If is the verdict of a complaint about a file with the labels of file_contexts, where the present ones are not
	// known; Step is the file or directory that is refused, Modes are those whose mode does not let every user do it.
	If       diagnose.Verdict  `json:"if_labelled,omitempty"`
	Step     *FileStep         `json:"step,omitempty"`
	Modes    []FileMode        `json:"modes,omitempty"`
	Label    *Label            `json:"label,omitempty"`
	Was      string            `json:"was_labelled,omitempty"`
	Then     []Layer           `json:"then"` // other refused checks of the same operation
	Booleans []map[string]bool `json:"booleans"`
	Chances  []Chance          `json:"chances,omitempty"` // if the domain is not known
	Notes    []Note            `json:"notes"`
	// Instead names the right change where the cause is known and a rule would open far more than was asked for.
	Instead diagnose.Instead `json:"instead,omitempty"`
	// FirstStep says in words the first change to make if the policy lacks a name of the denial, or grants it.
	FirstStep diagnose.Step `json:"first_step,omitempty"`
	Text      string        `json:"reason_text"`        // in words, which may change in later versions
	Fix       *BestFix      `json:"fix,omitempty"`      // the best; senet fix has all
	Fixing    string        `json:"fix_text,omitempty"` // the first fix in words; may change
	Next      string        `json:"next,omitempty"`
	Event     *Event        `json:"event"` // the first of its kind, or the one with the most facts
}

// A FileStep is the file or directory on the way to a file that a domain may not use.
type FileStep struct {
	Path string `json:"path"`
	// From is the line of file_contexts that gives the label; absent if the file itself has it.
	From string `json:"label_from,omitempty"`
}

// A FileMode is a file or directory whose mode does not let every user do what a complaint is about.
type FileMode struct {
	Path  string `json:"path"`
	Mode  string `json:"mode"` // in octal
	UID   int    `json:"uid"`
	GID   int    `json:"gid"`
	Lacks string `json:"lacks"` // what others may not: r, w or x
}

// A Candidate is an endpoint of a configuration.
type Candidate struct {
	CheckPlace
	Operation network.Operation `json:"operation"`
	Protocol  network.Protocol  `json:"protocol"`
	Host      string            `json:"host,omitempty"`
	Port      uint16            `json:"port"`           // the one that decides for a range
	Open      string            `json:"open,omitempty"` // what decides the port, if it is not known
	Directive string            `json:"directive,omitempty"`
	Verdict   network.Verdict   `json:"verdict"` // today's
}

// A Chance is a setting of booleans that would allow the operation of a complaint, if the program
// ran in one of the domains.
type Chance struct {
	Booleans map[string]bool `json:"booleans"`
	Domains  []string        `json:"domains"`
}

// A Complaint is a message of a program about a denial.
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

// Command is an ioctl command or netlink message type that rules of extended permissions deny,
// whether or not the permission itself is granted.
type Command struct {
	Permission        string `json:"permission"` // ioctl or nlmsg
	Number            uint16 `json:"number"`
	PermissionGranted bool   `json:"permission_granted"`
}
