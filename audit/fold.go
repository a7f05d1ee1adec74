package audit

import (
	"cmp"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"time"
)

// A Signature is what equal denials have in common: everything that a verdict
// or a fix depends on, and nothing that only one occurrence has.
type Signature struct {
	Result      Result `json:"result"`
	User        bool   `json:"user,omitempty"`
	SourceType  string `json:"source_type"`
	TargetType  string `json:"target_type"`
	Class       string `json:"class"`
	Permissions string `json:"permissions"` // in the order of the log, with a blank between
	// Port is that of [AVC.Port].
	Port uint16 `json:"port,omitempty"`
	// Object is the module that is asked for, and "socket:[*]" or "pipe:[*]" for
	// one that was inherited. Files that have a label in common are no two causes:
	// their names are [Group.Objects].
	Object     string `json:"object,omitempty"`
	Netif      string `json:"netif,omitempty"`
	Capability int    `json:"capability"` // -1 if it is not about one
	// Levels are the levels of source and target where they differ: with them a
	// constraint may refuse what another instance of the same types may.
	Levels string `json:"levels,omitempty"`
}

// SignatureOf returns the signature of a denial.
func SignatureOf(a *AVC) Signature {
	s := Signature{
		Result: a.Result, User: a.User, SourceType: contextKey(a.SContext), TargetType: contextKey(a.TContext), Class: a.TClass,
		Port: a.Port(), Object: object(a), Netif: a.Netif, Capability: -1, Levels: levels(a),
	}
	if len(a.Permissions) == 1 {
		s.Permissions = a.Permissions[0]
	} else {
		s.Permissions = strings.Join(a.Permissions, " ")
	}
	if a.Capability != nil {
		s.Capability = *a.Capability
	}
	return s
}

// contextKey is the type, or the whole of what is not a context.
func contextKey(context string) string {
	if t := ContextType(context); t != "" {
		return t
	}
	return context
}

// levels returns the levels of a denial between two domains, or two sockets, at
// different ones: "s0:c1 s0:c2". A check of a port, a file or oneself has none.
func levels(a *AVC) string {
	if !strings.HasSuffix(a.TClass, "socket") && a.TClass != "peer" && a.TClass != "association" && a.TClass != "process" || a.Has("name_bind") || a.Has("name_connect") || a.Has("node_bind") {
		return ""
	}
	source, target := contextLevel(a.SContext), contextLevel(a.TContext)
	if source == target {
		return ""
	}
	return source + " " + target
}

func contextLevel(context string) string {
	for range 3 {
		_, rest, ok := strings.Cut(context, ":")
		if !ok {
			return ""
		}
		context = rest
	}
	return context
}

func object(a *AVC) string {
	if kind, ok := inherited(cmp.Or(a.Path, a.Name)); ok {
		return kind + "*]"
	}
	return a.KMod
}

// objectName is what tells one object from others of its label.
func objectName(a *AVC) string {
	o := cmp.Or(a.Path, a.Name)
	if _, ok := inherited(o); ok {
		return ""
	}
	return o
}

// inherited reports whether a name is that of an inherited descriptor, socket:[7],
// and returns what comes before its number.
func inherited(name string) (kind string, ok bool) {
	for _, kind := range [...]string{"socket:[", "pipe:["} {
		if rest, ok := strings.CutPrefix(name, kind); ok {
			_, ok := number(strings.TrimSuffix(rest, "]"))
			return kind, ok
		}
	}
	return "", false
}

// compareHead orders signatures by what comes before the port, compareTail by
// what comes after it.
func compareHead(a, b *Signature) int {
	return cmp.Or(
		cmp.Compare(a.Result, b.Result), cmp.Compare(a.SourceType, b.SourceType), cmp.Compare(a.TargetType, b.TargetType),
		cmp.Compare(a.Class, b.Class), cmp.Compare(a.Permissions, b.Permissions),
	)
}

func compareTail(a, b *Signature) int {
	return cmp.Or(
		cmp.Compare(a.Object, b.Object), cmp.Compare(a.Netif, b.Netif), cmp.Compare(a.Capability, b.Capability), cmp.Compare(a.Levels, b.Levels),
		compareBool(a.User, b.User),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// A Group is equal denials.
type Group struct {
	Signature Signature
	Count     int64
	// OnlyLogged is how many of them went ahead, with permissive=1.
	OnlyLogged int64
	// First and Last are the earliest and the latest time, to the microsecond;
	// zero if no event of the group has one.
	First, Last time.Time
	// Commands are the names of the programs, in the order in which they came, at
	// most MaxCommands of them.
	Commands []string
	// Objects are the paths or names of files, in the order in which they came, at
	// most MaxObjects of them; MoreObjects says that there were others.
	Objects     []string
	MoreObjects bool

	folder *Folder
	at     int32
}

// MaxCommands and MaxObjects bound [Group.Commands] and [Group.Objects].
const (
	MaxCommands = 4
	MaxObjects  = 4
)

// Example returns an event of the group, and which of its AVCs it is about; -1
// if it is the denial of its report. It is the first that came, or the first
// that has its system call. Every call parses it anew.
func (g *Group) Example() (e *Event, index int) {
	return g.folder.example(g.at)
}

// MarshalJSON writes the group with its example.
func (g Group) MarshalJSON() ([]byte, error) {
	e, index := g.Example()
	return json.Marshal(struct {
		Signature   *Signature `json:"signature"`
		Count       int64      `json:"count"`
		OnlyLogged  int64      `json:"only_logged"`
		First       time.Time  `json:"first,omitzero"`
		Last        time.Time  `json:"last,omitzero"`
		Commands    []string   `json:"commands"`
		Objects     []string   `json:"objects"`
		MoreObjects bool       `json:"more_objects"`
		Example     *Event     `json:"example"`
		Index       int        `json:"index"`
	}{
		&g.Signature, g.Count, g.OnlyLogged, g.First, g.Last, append([]string{}, g.Commands...), append([]string{}, g.Objects...), g.MoreObjects,
		e, index,
	})
}

// A SymptomGroup is equal symptoms: of the same program, operation and place.
type SymptomGroup struct {
	Count   int64     `json:"count"`
	First   time.Time `json:"first,omitzero"`
	Last    time.Time `json:"last,omitzero"`
	Example *Event    `json:"example"`
}

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

// Groups yields the groups of denials, or of granted accesses, up to now, the
// most frequent first, and in the order of their signatures where they are
// equally frequent. They are valid until the Folder counts another.
func (f *Folder) Groups(result Result) iter.Seq[Group] {
	return func(yield func(Group) bool) {
		for _, r := range slices.SortedFunc(f.ranked(result), compareRanked) {
			if !yield(f.group(r.n)) {
				return
			}
		}
	}
}

// Top returns the first n of Groups, without ordering the others.
func (f *Folder) Top(result Result, n int) []Group {
	n = min(n, f.groups.len())
	best := make([]ranked, 0, n+1)
	for r := range f.ranked(result) {
		if len(best) == n && (n == 0 || compareRanked(best[n-1], r) <= 0) {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, r, compareRanked)
		best = slices.Insert(best, at, r)[:min(n, len(best)+1)]
	}
	groups := make([]Group, len(best))
	for i := range best {
		groups[i] = f.group(best[i].n)
	}
	return groups
}

// A Kind is the denials that differ at most in the port.
type Kind struct {
	Signature Signature // of the group that came first
	Groups    int
	Count     int64
}

// Kinds returns all kinds, in the order in which their first groups came.
func (f *Folder) Kinds() []Kind {
	kinds := make([]Kind, 0, len(f.kinds))
	places := make([]int32, len(f.kinds)) // in kinds, from 1
	for i := range int32(f.groups.len()) {
		g := f.groups.at(i)
		at := &places[g.kind]
		if *at == 0 {
			kinds = append(kinds, Kind{Signature: f.kinds[g.kind].signature})
			*at = int32(len(kinds))
			kinds[*at-1].Signature.Port = g.port
		}
		k := &kinds[*at-1]
		k.Groups++
		k.Count += g.count
	}
	return kinds
}

// Find returns the group with a signature.
func (f *Folder) Find(s Signature) (Group, bool) {
	port := s.Port
	s.Port = 0
	k, ok := f.kindOf[s]
	if !ok {
		return Group{}, false
	}
	n := f.index.find(&f.groups, groupKey{k, port})
	if n < 0 {
		return Group{}, false
	}
	return f.group(n), true
}

func (f *Folder) group(n int32) Group {
	g := f.groups.at(n)
	out := Group{Signature: f.kinds[g.kind].signature, Count: g.count, OnlyLogged: g.onlyLogged, First: fromMicros(g.first), Last: fromMicros(g.last), folder: f, at: n}
	out.Signature.Port = g.port
	for _, c := range g.commands {
		if c > 0 {
			out.Commands = append(out.Commands, string(f.commands.text(int32(c))))
		}
	}
	if g.sample > 0 {
		s := f.samples.at(g.sample - 1)
		for _, n := range s.objects {
			if n > 0 {
				out.Objects = append(out.Objects, string(f.objects.text(n)))
			}
		}
		out.MoreObjects = s.more
	}
	return out
}

// ranked is what orders a group among others.
type ranked struct {
	count      int64
	head, tail int32
	port       uint16
	n          int32
}

func compareRanked(a, b ranked) int {
	switch {
	case a.count != b.count:
		return cmp.Compare(b.count, a.count)
	case a.head != b.head:
		return cmp.Compare(a.head, b.head)
	case a.port != b.port:
		return cmp.Compare(a.port, b.port)
	}
	return cmp.Compare(a.tail, b.tail)
}

// ranked yields the groups with a result, in no order.
func (f *Folder) ranked(result Result) iter.Seq[ranked] {
	return func(yield func(ranked) bool) {
		// A few kinds have many ports: compare kinds once.
		head, tail := f.ranks(compareHead), f.ranks(compareTail)
		for n := range int32(f.groups.len()) {
			g := f.groups.at(n)
			if f.kinds[g.kind].signature.Result == result && !yield(ranked{g.count, head[g.kind], tail[g.kind], g.port, n}) {
				return
			}
		}
	}
}

// ranks returns for every kind its place in an order; equal kinds have one.
func (f *Folder) ranks(compare func(a, b *Signature) int) []int32 {
	order := make([]int32, len(f.kinds))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return compare(&f.kinds[a].signature, &f.kinds[b].signature) })
	ranks := make([]int32, len(order))
	rank := int32(0)
	for i, k := range order {
		if i > 0 && compare(&f.kinds[order[i-1]].signature, &f.kinds[k].signature) != 0 {
			rank++
		}
		ranks[k] = rank
	}
	return ranks
}

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
