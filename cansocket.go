package senet

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// A SocketQuery is an operation of a process that is about no port of IP.
type SocketQuery struct {
	Subject   string // as for [Session.Subject]
	Operation network.Operation
	Target    SocketTarget
}

// CanSocket says whether a process may do an operation on a socket without ports, set an option, use
// a descriptor of another process, or have a module loaded. Answer.Named is the target.
func (s *Session) CanSocket(ctx context.Context, q SocketQuery) (*Answer, error) {
	if q.Subject == "" {
		return nil, ErrNoSubject
	}
	t := q.Target
	if t.Text == "" {
		return nil, ErrNoTarget
	}
	a := &Answer{
		Query: Query{Subject: q.Subject, Operation: q.Operation}, Named: t.Text,
		policy: s.asked(), asIs: s.options.AsIs,
	}
	var err error
	if a.Subject, err = s.Subject(ctx, q.Subject); err != nil {
		return nil, err
	}
	if a.Machine, err = s.MachineOf(ctx, a.Subject); err != nil {
		return nil, err
	}
	today := a.Machine.Machine
	a.Machine = s.enforcing(a.Machine)
	if t.Protocol == "" {
		t.Protocol = network.NetOther // of no importance
	}
	a.Query.Target.Protocol = t.Protocol
	d := s.asker()
	a.question = network.Question{
		Subject: a.Subject.Context, Operation: q.Operation, Protocol: t.Protocol, Port: t.Port, Option: t.Option,
		NetlinkPerm: t.Message, Machine: a.Machine.Machine,
	}
	if err := s.fill(ctx, d, a, &q); err != nil {
		return nil, err
	}
	if err := a.ask(d); err != nil {
		return nil, err
	}
	a.assume()
	return a, s.today(a, today)
}

// fill adds the labels to a question.
func (s *Session) fill(ctx context.Context, d *access.Decider, a *Answer, sq *SocketQuery) error {
	q, t := &a.question, &sq.Target
	kind, _ := network.SocketOf(q.Protocol)
	class := kind.ClassUnder(d.Policy())
	if t.Peer != "" {
		peer, err := s.Subject(ctx, t.Peer)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Text, err)
		}
		label := d.SocketContext(peer.Context, class)
		switch {
		case sq.Operation != network.Use:
			q.PeerLabel = &label
		case sq.Target.Protocol == "":
			q.Giver = &peer.Context
		default:
			q.Calls, q.Giver, q.SocketLabel = network.Inherit.Calls(kind), &peer.Context, &label
		}
	}
	if t.Path != "" {
		return s.path(d, a, t.Path)
	}
	return nil
}

// path adds the checks of the directories and the file of a unix socket, and who listens there.
func (s *Session) path(d *access.Decider, a *Answer, name string) error {
	q := &a.question
	files := s.fileContexts()
	look := func(name, class string, perms ...string) error {
		label, err := s.labelOf(name, class, files)
		if err != nil {
			return err
		}
		for _, perm := range perms {
			q.Lookups = append(q.Lookups, network.Lookup{Path: name, Label: label, Class: class, Perm: perm})
		}
		return nil
	}
	name = path.Clean(name)
	var above []string
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		above = append([]string{dir}, above...)
		if dir == "/" {
			break
		}
	}
	for _, dir := range above {
		if err := look(dir, "dir", "search"); err != nil {
			return err
		}
	}
	if q.Operation == network.Connect || q.Operation == network.Send {
		if err := look(name, "sock_file", "write"); err != nil {
			return err
		}
		q.PeerLabel = s.listener(q.Protocol, name)
		q.PeerUnknown = q.PeerLabel == nil
		return nil
	}
	if q.Operation == network.Open {
		q.Lookups = nil
		return nil
	}
	if err := look(path.Dir(name), "dir", "write", "add_name"); err != nil {
		return err
	}
	parent := q.Lookups[len(q.Lookups)-1].Label
	made, err := d.NewObject(q.Subject, parent, "sock_file", path.Base(name))
	if err != nil && !errors.Is(err, access.ErrNoLabel) {
		return err
	}
	if err == nil {
		q.Lookups = append(q.Lookups, network.Lookup{Path: name, Label: made, Class: "sock_file", Perm: "create"})
	}
	return nil
}

// listener returns the label of the socket that waits at a path of this machine, nil if that is not
// known.
func (s *Session) listener(p network.Protocol, name string) *policy.Context {
	if !s.root.Live() || !s.source.Installed {
		return nil
	}
	for _, u := range s.root.UnixListeners() {
		if u.Path != name || u.Context == "" || (u.Kind == host.UnixDatagram) != (p == network.UnixDgram) {
			continue
		}
		if c, err := s.policy.ParseContext(u.Context); err == nil {
			return &c
		}
	}
	return nil
}
