package audit

import (
	"cmp"
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
	// Object is the path, name or module; an inherited socket or pipe is
	// "socket:[*]", because each has another number.
	Object     string `json:"object,omitempty"`
	Netif      string `json:"netif,omitempty"`
	Capability int    `json:"capability"` // -1 if it is not about one
	Comm       string `json:"comm,omitempty"`
	Exe        string `json:"exe,omitempty"`
	// Permissive is "" where the log does not say, else yes or no.
	Permissive string `json:"permissive,omitempty"`
}

// SignatureOf returns the signature of a denial in an event.
func SignatureOf(e *Event, a *AVC) Signature {
	s := Signature{
		Result: a.Result, User: a.User, SourceType: contextKey(a.SContext), TargetType: contextKey(a.TContext), Class: a.TClass,
		Permissions: strings.Join(a.Permissions, " "), Port: a.Port(), Object: object(a), Netif: a.Netif, Capability: -1, Comm: a.Comm, Exe: a.Exe,
	}
	if a.Capability != nil {
		s.Capability = *a.Capability
	}
	if s.Comm == "" {
		s.Comm = e.Comm()
	}
	if s.Exe == "" {
		s.Exe = e.Exe()
	}
	if a.Permissive != nil {
		s.Permissive = "no"
		if *a.Permissive {
			s.Permissive = "yes"
		}
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

func object(a *AVC) string {
	o := cmp.Or(a.Path, a.Name, a.KMod)
	for _, kind := range [...]string{"socket:[", "pipe:["} {
		if rest, ok := strings.CutPrefix(o, kind); ok {
			if _, num := number(strings.TrimSuffix(rest, "]")); num {
				return kind + "*]"
			}
		}
	}
	return o
}

func compareSignatures(a, b Signature) int {
	return cmp.Or(
		cmp.Compare(a.Result, b.Result), cmp.Compare(a.SourceType, b.SourceType), cmp.Compare(a.TargetType, b.TargetType),
		cmp.Compare(a.Class, b.Class), cmp.Compare(a.Permissions, b.Permissions), cmp.Compare(a.Port, b.Port), cmp.Compare(a.Object, b.Object),
		cmp.Compare(a.Netif, b.Netif), cmp.Compare(a.Capability, b.Capability), cmp.Compare(a.Comm, b.Comm), cmp.Compare(a.Exe, b.Exe),
		cmp.Compare(a.Permissive, b.Permissive), compareBool(a.User, b.User),
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
	Signature Signature `json:"signature"`
	Count     int64     `json:"count"`
	// First and Last are the earliest and the latest time; zero if no event of
	// the group has one.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	// Example is the event that was yielded first, and Index the number of the
	// denial among its AVCs; -1 if it is that of its report.
	Example *Event `json:"example"`
	Index   int    `json:"index"`
}

// A SymptomGroup is equal symptoms: of the same program, operation and place.
type SymptomGroup struct {
	Count   int64     `json:"count"`
	First   time.Time `json:"first,omitzero"`
	Last    time.Time `json:"last,omitzero"`
	Example *Event    `json:"example"`
}

// Folded is what a Folder has seen. Groups come with the most frequent first,
// and in the order of their signatures where they are equally frequent.
type Folded struct {
	Groups   []Group        `json:"groups"`
	Symptoms []SymptomGroup `json:"symptoms,omitempty"`
	// Others counts the denials and symptoms that came when there were as many
	// groups as the Folder keeps, and belong to none of them.
	Others int64 `json:"others,omitempty"`
}

// DefaultGroups is how many groups a Folder keeps unless told otherwise.
const DefaultGroups = 4096

// A Folder groups the denials and symptoms of events. It keeps a bounded
// number of groups, with one event each.
type Folder struct {
	limit    int
	groups   map[Signature]*Group
	symptoms map[symptomKey]*SymptomGroup
	others   int64
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
	return &Folder{limit: limit, groups: map[Signature]*Group{}, symptoms: map[symptomKey]*SymptomGroup{}}
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
	sig := SignatureOf(e, a)
	g := f.groups[sig]
	if g == nil {
		if len(f.groups) >= f.limit {
			f.others++
			return
		}
		g = &Group{Signature: sig, Example: e, Index: index}
		f.groups[sig] = g
	}
	g.Count++
	g.First, g.Last = span(g.First, g.Last, e.Time)
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

// Folded returns the groups up to now. The Folder can go on.
func (f *Folder) Folded() Folded {
	out := Folded{Groups: make([]Group, 0, len(f.groups)), Others: f.others}
	for _, g := range f.groups {
		out.Groups = append(out.Groups, *g)
	}
	slices.SortFunc(out.Groups, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), compareSignatures(a.Signature, b.Signature))
	})
	for _, g := range f.symptoms {
		out.Symptoms = append(out.Symptoms, *g)
	}
	slices.SortFunc(out.Symptoms, func(a, b SymptomGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Example.Line, b.Example.Line))
	})
	return out
}

// Fold groups the events of an iterator, as [Reader.Events] returns it. On an
// error of reading it returns what came before.
func Fold(events iter.Seq2[*Event, error], limit int) (Folded, error) {
	f := NewFolder(limit)
	for e, err := range events {
		if err != nil {
			return f.Folded(), err
		}
		f.Add(e)
	}
	return f.Folded(), nil
}
