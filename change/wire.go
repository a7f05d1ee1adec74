package change

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/semanage"
)

// The history in JSON. Its version is part of the schema: a reader that finds an unknown version or
// field does not touch the file. A history without newer features is written in an older version.
const (
	historySchema  = "senet.history/1"
	historySchema2 = "senet.history/2" // modules of other priorities
	historySchema3 = "senet.history/3" // logins, users, file contexts, equivalences
	historySchema4 = "senet.history/4" // several modules, modules that are switched on or off
)

type historyWire struct {
	Schema string `json:"schema"`
	// At is the store's number after the last change.
	At      int         `json:"at"`
	Entries []entryWire `json:"entries"`
}

type entryWire struct {
	ID       int             `json:"id"`
	From     int             `json:"from"`
	Status   Status          `json:"status"`
	Time     *time.Time      `json:"time,omitempty"`
	Title    string          `json:"title,omitempty"`
	Question []string        `json:"question,omitempty"`
	Command  []string        `json:"command,omitempty"`
	Effects  []impact.Effect `json:"effects,omitempty"`
	Module   *moduleWire     `json:"module,omitempty"`
	More     []moduleWire    `json:"more_modules,omitempty"` // of the fourth form
	Records  []changeWire    `json:"records,omitempty"`
	Undoes   int             `json:"undoes,omitempty"`
	UndoneBy int             `json:"undone_by,omitempty"`
	Adopted  bool            `json:"adopted,omitempty"`
}

type moduleWire struct {
	Name   string `json:"name"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	// These two exist since version 2.
	Priority int `json:"priority,omitempty"`
	From     int `json:"from,omitempty"`
	// Switched is of the fourth form.
	Switched string `json:"switched,omitempty"`
}

func newModuleWire(m *Module) moduleWire {
	return moduleWire{m.Name, m.Before, m.After, m.Priority, m.From, m.Switched}
}

func (w *moduleWire) module() *Module {
	return &Module{w.Name, w.Before, w.After, w.Priority, w.From, w.Switched}
}

type changeWire struct {
	Kind   string      `json:"kind"`
	Index  int         `json:"index,omitempty"`
	Before *recordWire `json:"before,omitempty"`
	After  *recordWire `json:"after,omitempty"`
}

// recordWire is a record of any kind; the kind tells which fields are used.
type recordWire struct {
	Protocol string       `json:"protocol,omitempty"`
	Low      uint16       `json:"low,omitempty"`
	High     uint16       `json:"high,omitempty"`
	Name     string       `json:"name,omitempty"`
	On       bool         `json:"on,omitempty"`
	Address  *netip.Addr  `json:"address,omitempty"`
	Mask     *netip.Addr  `json:"mask,omitempty"`
	Subnet   []byte       `json:"subnet,omitempty"`
	Port     uint8        `json:"port,omitempty"`
	Context  *contextWire `json:"context,omitempty"`
	Message  *contextWire `json:"message,omitempty"`
	// These exist since version 3.
	User   string `json:"user,omitempty"`
	Roles  string `json:"roles,omitempty"`
	Level  string `json:"level,omitempty"`
	Range  string `json:"range,omitempty"`
	Prefix string `json:"prefix,omitempty"`
	Path   string `json:"path,omitempty"`
	Files  string `json:"files,omitempty"`
	Like   string `json:"like,omitempty"`
}

type contextWire struct {
	User  string `json:"user"`
	Role  string `json:"role"`
	Type  string `json:"type"`
	Range string `json:"range,omitempty"`
}

func newContextWire(c semanage.Context) *contextWire {
	return &contextWire{c.User, c.Role, c.Type, c.Range}
}

func (w *contextWire) context() semanage.Context {
	if w == nil {
		return semanage.Context{}
	}
	return semanage.Context{User: w.User, Role: w.Role, Type: w.Type, Range: w.Range}
}

func newRecordWire(r semanage.Record) *recordWire {
	switch r := r.(type) {
	case semanage.Boolean:
		return &recordWire{Name: r.Name, On: r.On}
	case semanage.Port:
		return &recordWire{Protocol: r.Protocol.String(), Low: r.Low, High: r.High, Context: newContextWire(r.Context)}
	case semanage.Node:
		return &recordWire{Address: &r.Addr, Mask: &r.Mask, Context: newContextWire(r.Context)}
	case semanage.Login:
		return &recordWire{Name: r.Name, User: r.User, Range: r.Range}
	case semanage.User:
		return &recordWire{Name: r.Name, Roles: r.Roles, Level: r.Level, Range: r.Range, Prefix: r.Prefix}
	case semanage.FileContext:
		w := &recordWire{Path: r.Path, Files: r.Files}
		if r.Context != (semanage.Context{}) {
			w.Context = newContextWire(r.Context)
		}
		return w
	case semanage.Equivalence:
		return &recordWire{Path: r.Path, Like: r.Like}
	case semanage.Interface:
		return &recordWire{Name: r.Name, Context: newContextWire(r.Context), Message: newContextWire(r.Message)}
	case semanage.IBPKey:
		return &recordWire{Subnet: r.Subnet[:], Low: r.Low, High: r.High, Context: newContextWire(r.Context)}
	case semanage.IBEndPort:
		return &recordWire{Name: r.Device, Port: r.Port, Context: newContextWire(r.Context)}
	}
	return nil
}

func (w *recordWire) record(kind semanage.Kind) (semanage.Record, error) {
	if w == nil {
		return nil, nil
	}
	var r semanage.Record
	switch kind {
	case semanage.Booleans:
		r = semanage.Boolean{Name: w.Name, On: w.On}
	case semanage.Ports:
		protocol, err := semanage.ParseProtocol(w.Protocol)
		if err != nil {
			return nil, err
		}
		r = semanage.Port{Protocol: protocol, Low: w.Low, High: w.High, Context: w.Context.context()}
	case semanage.Nodes:
		if w.Address == nil || w.Mask == nil {
			return nil, errors.New("a node has no address")
		}
		r = semanage.Node{Addr: *w.Address, Mask: *w.Mask, Context: w.Context.context()}
	case semanage.Logins:
		r = semanage.Login{Name: w.Name, User: w.User, Range: w.Range}
	case semanage.Users:
		r = semanage.User{Name: w.Name, Roles: w.Roles, Level: w.Level, Range: w.Range, Prefix: w.Prefix}
	case semanage.FileContexts:
		r = semanage.FileContext{Path: w.Path, Files: w.Files, Context: w.Context.context()}
	case semanage.Equivalences:
		r = semanage.Equivalence{Path: w.Path, Like: w.Like}
	case semanage.Interfaces:
		r = semanage.Interface{Name: w.Name, Context: w.Context.context(), Message: w.Message.context()}
	case semanage.IBPKeys:
		if len(w.Subnet) != 8 {
			return nil, errors.New("a subnet prefix does not have 8 bytes")
		}
		r = semanage.IBPKey{Subnet: [8]byte(w.Subnet), Low: w.Low, High: w.High, Context: w.Context.context()}
	case semanage.IBEndPorts:
		r = semanage.IBEndPort{Device: w.Name, Port: w.Port, Context: w.Context.context()}
	}
	return r, semanage.CheckRecord(r)
}

func newChangeWire(p semanage.Placed) changeWire {
	return changeWire{Kind: p.Kind.String(), Index: p.Index, Before: newRecordWire(p.Before),
		After: newRecordWire(p.After)}
}

func (w *changeWire) placed() (semanage.Placed, error) {
	p := semanage.Placed{Index: w.Index}
	found := false
	for _, kind := range semanage.Kinds() {
		if kind.String() == w.Kind {
			p.Kind, found = kind, true
		}
	}
	if !found {
		return p, fmt.Errorf("kind %.40q", w.Kind)
	}
	var err error
	if p.Before, err = w.Before.record(p.Kind); err != nil {
		return p, err
	}
	if p.After, err = w.After.record(p.Kind); err != nil {
		return p, err
	}
	switch {
	case p.Before == nil && p.After == nil:
		return p, errors.New("a change has no record")
	case p.Before != nil && p.After != nil && p.Before.Key() != p.After.Key():
		return p, fmt.Errorf("%s becomes %s", p.Before.Key(), p.After.Key())
	case w.Index < 0:
		return p, fmt.Errorf("place %d", w.Index)
	}
	return p, nil
}

func newEntryWire(e *Entry) entryWire {
	w := entryWire{
		ID: e.ID, From: e.From, Status: e.Status, Title: e.About.Title, Question: e.About.Question,
		Command: e.About.Command,
		Effects: e.About.Effects, Undoes: e.Undoes, UndoneBy: e.UndoneBy, Adopted: e.Adopted,
	}
	if !e.Time.IsZero() {
		t := e.Time
		w.Time = &t
	}
	if e.Module != nil {
		first := newModuleWire(e.Module)
		w.Module = &first
	}
	for _, m := range e.More {
		w.More = append(w.More, newModuleWire(m))
	}
	for _, p := range e.Records {
		w.Records = append(w.Records, newChangeWire(p))
	}
	return w
}

func (w *entryWire) entry() (Entry, error) {
	e := Entry{
		ID: w.ID, From: w.From, Status: w.Status, Undoes: w.Undoes, UndoneBy: w.UndoneBy, Adopted: w.Adopted,
		About: About{Title: w.Title, Question: w.Question, Command: w.Command, Effects: w.Effects},
	}
	if w.Time != nil {
		e.Time = w.Time.UTC()
	}
	if w.Module != nil {
		e.Module = w.Module.module()
	}
	for i := range w.More {
		e.More = append(e.More, w.More[i].module())
	}
	if len(w.Records) > maxRecords {
		return e, fmt.Errorf("%d records", len(w.Records))
	}
	for i := range w.Records {
		p, err := w.Records[i].placed()
		if err != nil {
			return e, err
		}
		e.Records = append(e.Records, p)
	}
	return e, e.check()
}

// encode returns the history as text.
func (h *history) encode() ([]byte, error) {
	w := historyWire{Schema: historySchema, At: h.at, Entries: []entryWire{}}
	for i := range h.entries {
		w.Entries = append(w.Entries, newEntryWire(&h.entries[i]))
		w.Schema = max(w.Schema, h.entries[i].schema())
	}
	text, err := json.Marshal(w)
	return append(text, '\n'), err
}

// schema returns the oldest version that can store an entry.
func (e *Entry) schema() string {
	if len(e.More) > 0 || e.Module != nil && e.Module.Switched != "" {
		return historySchema4
	}
	for _, p := range e.Records {
		switch p.Kind {
		case semanage.Logins, semanage.Users, semanage.FileContexts, semanage.Equivalences:
			return historySchema3
		}
	}
	if e.Module != nil && !e.Module.plain() {
		return historySchema2
	}
	return historySchema
}

// decodeHistory reads a history. The error wraps ErrNewer or ErrDamaged.
func decodeHistory(text []byte) (*history, error) {
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if !slices.Contains([]string{historySchema, historySchema2, historySchema3, historySchema4}, head.Schema) {
		return nil, fmt.Errorf("%w: its form is %.40q, not %q", ErrNewer, head.Schema, historySchema4)
	}
	var w historyWire
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: text after its end", ErrDamaged)
	}
	if len(w.Entries) > maxEntries {
		return nil, fmt.Errorf("%w: %d entries", ErrDamaged, len(w.Entries))
	}
	h := &history{at: w.At}
	for i := range w.Entries {
		e, err := w.Entries[i].entry()
		if err != nil {
			return nil, fmt.Errorf("%w: entry %d: %w", ErrDamaged, w.Entries[i].ID, err)
		}
		if n := len(h.entries); n > 0 && e.ID <= h.entries[n-1].ID {
			return nil, fmt.Errorf("%w: entry %d after entry %d", ErrDamaged, e.ID, h.entries[n-1].ID)
		}
		h.entries = append(h.entries, e)
	}
	return h, nil
}
