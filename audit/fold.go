package audit

import (
	"cmp"
	"slices"
	"time"
)

// DefaultGroups is how many groups a Folder keeps unless told otherwise.
const DefaultGroups = 1 << 16

// A Folder groups the denials and symptoms of events. It keeps a bounded
// number of groups, with the text of one event each.
type Folder struct {
	limit    int
	kinds    []kind
	kindOf   map[Signature]int32 // without the port
	objects  names               // of the samples
	samples  list[objectSample]
	groups   list[group]
	examples list[place] // of the groups, in the arena
	parsed   map[int32]parsedExample
	index    groupIndex
	commands names
	symptoms map[symptomKey]*SymptomGroup
	others   int64

	templates templates
	arena     arena
}

// A kind is a signature without its port.
type kind struct {
	signature  Signature
	permission string // the first
}

// A group is what changes with every denial.
type group struct {
	count, onlyLogged int64
	first, last       int64 // microseconds since 1970, 0 for none
	kind              int32
	sample            int32               // number of its objects, 0 for none
	commands          [MaxCommands]uint16 // 0 for none
	port              uint16
	syscall           bool // the example has the system call
}

// A mark is what the folder needs to know of a denial.
type mark struct {
	kind    int32 // noKind: it belongs to no group because the Folder is full
	command uint16
	// objectAt is where in the message the name of the object is, if objectLen is
	// not 0.
	objectAt, objectLen uint16
	// template is that of the text, from 1; 0 if it has none.
	template int32
	port     uint16
	granted  bool
	logged   bool // permissive=1
}

const noKind = -1

// An objectSample is a few objects of a group, by the numbers of their names; more says that
// there were others.
type objectSample struct {
	objects [MaxObjects]int32
	more    bool
}

type symptomKey struct {
	program, operation, protocol, host, path, backend, server, frontend string
	addr                                                                string
	port                                                                uint16
}

// NewFolder returns a Folder that keeps at most limit groups of denials and as
// many of symptoms; 0 means DefaultGroups.
func NewFolder(limit int) *Folder {
	if limit <= 0 {
		limit = DefaultGroups
	}
	return &Folder{
		limit: limit, kindOf: map[Signature]int32{}, objects: newNames(), commands: newNames(), parsed: map[int32]parsedExample{},
		symptoms: map[symptomKey]*SymptomGroup{}, templates: newTemplates(), index: newGroupIndex(),
	}
}

// Add counts what is in an event: every denial, or granted access, by itself;
// a report if it has all that makes a denial.
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

func (f *Folder) addAVC(e *Event, a *AVC, index int) {
	m := f.mark(a, cmp.Or(a.Comm, e.Comm()))
	at, fresh := f.count(m, micros(e.Time), []byte(objectName(a)))
	if at >= 0 && (fresh || e.Syscall != nil && !f.groups.at(at).syscall) {
		f.groups.at(at).syscall = e.Syscall != nil
		f.parsed[at] = parsedExample{e, index}
	}
}

// mark finds the kind of a denial, and makes one if there is room for a group.
func (f *Folder) mark(a *AVC, command string) mark {
	sig := SignatureOf(a)
	m := mark{kind: noKind, command: f.command(command), port: sig.Port, granted: a.Result == Granted, logged: a.Permissive != nil && *a.Permissive}
	sig.Port = 0
	k, known := f.kindOf[sig]
	switch {
	case known:
		m.kind = k
	case f.groups.len() < f.limit:
		m.kind = int32(len(f.kinds))
		f.kindOf[sig] = m.kind
		one := kind{signature: sig}
		if len(a.Permissions) > 0 {
			one.permission = a.Permissions[0]
		}
		f.kinds = append(f.kinds, one)
	}
	return m
}

// maxCommands bounds how many names of commands a Folder keeps.
const maxCommands = 1<<16 - 1

// command numbers the name of a command; 0 for none, or one too many.
func (f *Folder) command(name string) uint16 {
	switch {
	case name == "":
		return 0
	case f.commands.len() >= maxCommands:
		return uint16(f.commands.find([]byte(name)))
	}
	return uint16(f.commands.number([]byte(name)))
}

// count counts a denial of an object at a time and returns its group, or -1; fresh
// says that it is the first, which has no example yet.
func (f *Folder) count(m mark, at int64, object []byte) (n int32, fresh bool) {
	if m.kind == noKind {
		f.others++
		return -1, false
	}
	n = f.index.find(&f.groups, groupKey{m.kind, m.port})
	if n < 0 {
		if f.groups.len() >= f.limit {
			f.others++
			return -1, false
		}
		n, fresh = int32(f.groups.len()), true
		f.groups.add(group{kind: m.kind, port: m.port})
		f.examples.add(0)
		f.index.add(&f.groups, n)
	}
	g := f.groups.at(n)
	g.count++
	if m.logged {
		g.onlyLogged++
	}
	if at != 0 {
		if g.first == 0 || at < g.first {
			g.first = at
		}
		g.last = max(g.last, at)
	}
	if m.command != 0 && g.commands[0] != m.command {
		g.addCommand(m.command)
	}
	if len(object) > 0 {
		f.addObject(g, object)
	}
	return n, fresh
}

func (f *Folder) addObject(g *group, name []byte) {
	if g.sample == 0 {
		f.samples.add(objectSample{})
		g.sample = int32(f.samples.len())
	}
	s := f.samples.at(g.sample - 1)
	for i, n := range s.objects {
		if n == 0 {
			s.objects[i] = f.objects.number(name)
			return
		}
		if string(f.objects.text(n)) == string(name) {
			return
		}
	}
	s.more = true
}

func (g *group) addCommand(command uint16) {
	for i, c := range g.commands {
		if c == 0 {
			g.commands[i] = command
		}
		if c == 0 || c == command {
			return
		}
	}
}

// micros is a time as groups keep it.
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

func (f *Folder) addSymptom(e *Event) {
	s := e.Symptom
	key := symptomKey{
		program: s.Program, operation: s.Operation, protocol: s.Protocol, host: s.Host, path: s.Path, backend: s.Backend, server: s.Server,
		frontend: s.Frontend, port: s.Port,
	}
	if s.Addr.IsValid() {
		key.addr = s.Addr.String()
	}
	g := f.symptoms[key]
	if g == nil {
		if len(f.symptoms) >= f.limit {
			f.others++
			return
		}
		g = &SymptomGroup{Example: e}
		f.symptoms[key] = g
	}
	g.Count++
	g.First, g.Last = span(g.First, g.Last, e.Time)
}

// span widens first to last by t.
func span(first, last, t time.Time) (time.Time, time.Time) {
	if t.IsZero() {
		return first, last
	}
	if first.IsZero() || t.Before(first) {
		first = t
	}
	if t.After(last) {
		last = t
	}
	return first, last
}

// Len returns how many groups of denials and granted accesses there are.
func (f *Folder) Len() int { return f.groups.len() }

// Others counts the denials and symptoms that came when there were as many
// groups as the Folder keeps, and belong to none of them.
func (f *Folder) Others() int64 { return f.others }

// Symptoms returns the groups of symptoms, the most frequent first, and in the
// order of the log where they are equally frequent.
func (f *Folder) Symptoms() []SymptomGroup {
	list := make([]SymptomGroup, 0, len(f.symptoms))
	for _, g := range f.symptoms {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b SymptomGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Example.Line, b.Example.Line))
	})
	return list
}
