package audit

import (
	"time"
)

// defaultGroups is the number of groups that a Folder keeps by default.
const defaultGroups = 1 << 16

// FolderOptions are the options of a Folder. The zero value is valid.
type FolderOptions struct {
	// Groups is the most groups of denials that are kept, and also the most groups of symptoms; 0 means 65,536.
	Groups int
	// Known reports whether the policy has the names of a denial. It is called only when the Folder is full. Then
	// denials with unknown names get a quarter of the room, so that invented names cannot take the place of real
	// denials. nil means that all names are known.
	Known func(*Signature) bool
}

// A Folder groups the denials and symptoms of events in bounded memory. If there are more groups than it may keep,
// it drops the least frequent ones. A group that has more than a fraction of 4/Groups of all denials is always
// kept. See [Dropped].
type Folder struct {
	limit   int
	known   func(*Signature) bool
	kinds   map[Signature]*kind // the kinds that have groups
	groups  map[groupKey]*group
	rooms   [2]room // for unknown names, and for known names
	divided bool    // the groups are divided into the two rooms; before that, all are in the second
	began   int64   // how many groups there have been
	kept    int     // bytes of examples
	dropped Dropped

	symptoms     map[symptomKey]*SymptomGroup
	symptomFloor int64

	templates templates
}

// Dropped counts what a Folder had no room for.
type Dropped struct {
	// Groups and Denials are the dropped groups with names that the policy knows, and the denials in them. A group
	// counts again each time it is dropped.
	Groups  int64
	Denials int64
	// UnknownGroups and UnknownDenials are the same for groups with other names.
	UnknownGroups  int64
	UnknownDenials int64
	// Symptoms are complaints of programs.
	Symptoms int64
}

// A room is a part of a Folder: its number of groups, and the largest weight that was dropped from it.
type room struct {
	groups int
	floor  int64
}

// The rooms of a Folder.
const (
	unknown = iota
	known
)

// A kind is a signature without its port.
type kind struct {
	signature  Signature
	permission string // the first permission
	// unknown says that the policy lacks the names of this kind. It is set only if asked is true.
	asked, unknown bool
	groups         int   // the number of the Folder's groups of this kind; a kind without groups is not listed
	other          *kind // another kind with this signature, which was listed instead
}

// A groupKey identifies a group.
type groupKey struct {
	kind *kind
	port uint16
}

// A group counts equal denials: see [Group].
type group struct {
	groupKey
	count, onlyLogged int64
	missed            int64               // how many of its denials may have been dropped earlier
	number            int64               // in the order in which groups began
	first, last       int64               // microseconds since 1970, 0 for none
	commands          [maxCommands]string // "" for none
	objects           []string
	moreObjects       bool
	yearAssumed       bool
	syscall           bool // the example has the system call

	// The example is an event and the index of its AVC. If event is nil, it is text.
	event *Event
	index int
	text  exampleText
}

// weight is the largest number of denials that a group may have had.
func (g *group) weight() int64 { return g.count + g.missed }

// A mark has the fields of a denial that the Folder counts.
type mark struct {
	kind    *kind
	command string
	// objectAt is the offset of the object's name in the message, if objectLen is not 0.
	objectAt, objectLen uint16
	port                uint16
	granted             bool
	logged              bool // permissive=1
}

// newFolder returns a Folder that keeps at most limit groups of denials and as
// many of symptoms; 0 means defaultGroups.
func newFolder(limit int) *Folder { return FolderOptions{Groups: limit}.New() }

// New returns a Folder with these options.
func (o FolderOptions) New() *Folder {
	if o.Groups <= 0 {
		o.Groups = defaultGroups
	}
	return &Folder{
		limit: o.Groups, known: o.Known, kinds: map[Signature]*kind{}, groups: map[groupKey]*group{},
		symptoms:  map[symptomKey]*SymptomGroup{},
		templates: newTemplates(),
	}
}

// Add counts the records of an event: every denial, or granted access, by itself; a report if
// it has all that makes a denial.
func (f *Folder) Add(e *Event) {
	for i := range e.AVCs {
		f.addAVC(e, &e.AVCs[i], i)
	}
	if e.Report != nil {
		if a, ok := e.Report.AVC(); ok {
			f.addAVC(e, &a, -1)
		}
	}
	if e.Symptom != nil {
		f.addSymptom(e)
	}
}

// AddRule counts the rule of an event as a denial. Add does not, because the log may have the denials of the rule.
func (f *Folder) AddRule(e *Event) {
	a := e.Rule.AVC()
	f.addAVC(e, &a, -1)
}

func (f *Folder) addAVC(e *Event, a *AVC, index int) {
	g, fresh := f.count(f.mark(a, e.command(a)), e.Time, e.YearAssumed, []byte(objectName(a)))
	if fresh || e.Syscall != nil && !g.syscall {
		f.forgetExample(g)
		g.event, g.index, g.syscall = e, index, e.Syscall != nil
	}
}

// mark finds the kind of a denial. If there is none, it makes a kind, which is listed once it is counted.
func (f *Folder) mark(a *AVC, command string) mark {
	sig := signatureOf(a)
	m := mark{command: command, port: sig.Port, granted: a.Result == Granted,
		logged: a.Permissive != nil && *a.Permissive}
	sig.Port = 0
	if m.kind = f.kinds[sig]; m.kind == nil {
		m.kind = &kind{signature: sig}
		if len(a.Permissions) > 0 {
			m.kind.permission = a.Permissions[0]
		}
	}
	return m
}

// listed returns the kind that is listed for the signature of k. It may be another kind than k: k may have been
// dropped, or two kinds may have been made before either was counted.
func (f *Folder) listed(k *kind) *kind {
	for ; k.groups == 0; k = k.other {
		if k.other != nil && k.other.groups > 0 {
			continue
		}
		other := f.kinds[k.signature]
		if other == nil {
			k.other = nil
			f.kinds[k.signature] = k
			return k
		}
		k.other = other
	}
	return k
}

// count counts a denial, with its object and time, and returns its group. fresh says that it is the first denial of
// the group, which has no example yet.
func (f *Folder) count(m mark, at time.Time, assumed bool, object []byte) (g *group, fresh bool) {
	key := groupKey{f.listed(m.kind), m.port}
	g = f.groups[key]
	if g == nil {
		g, fresh = f.begin(key), true
	}
	g.count++
	if m.logged {
		g.onlyLogged++
	}
	if at := micros(at); at != 0 {
		if g.first == 0 || at < g.first {
			g.first = at
		}
		g.last = max(g.last, at)
		g.yearAssumed = g.yearAssumed || assumed
	}
	if m.command != "" && g.commands[0] != m.command {
		g.addCommand(m.command)
	}
	if len(object) > 0 {
		g.addObject(object)
	}
	return g, fresh
}

func (g *group) addCommand(name string) {
	for i, c := range g.commands {
		if c == "" {
			g.commands[i] = name
		}
		if c == "" || c == name {
			return
		}
	}
}

func (g *group) addObject(name []byte) {
	for _, o := range g.objects {
		if o == string(name) {
			return
		}
	}
	if len(g.objects) == maxObjects {
		g.moreObjects = true
		return
	}
	g.objects = append(g.objects, string(name))
}

// micros is a time in the form that groups keep.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// Len returns how many groups of denials and granted accesses there are.
func (f *Folder) Len() int { return len(f.groups) }

// Others counts the denials and symptoms that belong to no group, because there was no room for their groups.
func (f *Folder) Others() int64 {
	return f.dropped.Denials + f.dropped.UnknownDenials + f.dropped.Symptoms
}

// Dropped returns what there was no room for.
func (f *Folder) Dropped() Dropped { return f.dropped }
