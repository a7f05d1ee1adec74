package senet

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/meaning"
	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/object"
	"github.com/senet-selinux/senet/subject"
)

// An AccessQuery is a question about an access to anything but a port: may SOURCE do PERMS of CLASS
// to TARGET?
type AccessQuery struct {
	// Source names a process as for [Session.Subject]. Target is a type, a context, "self", or the
	// absolute path of a file, whose label is read from the system or, if it has no label, from its
	// file contexts: those of its directory where they give the file none. TYPE:PATH and CONTEXT:PATH are a file with
	// another label.
	Source, Target string
	Class          string
	Perms          []string // at least one
}

// AccessFixes are the changes that would make a refused access succeed.
type AccessFixes struct {
	Query   AccessQuery
	Policy  *policy.Policy
	Problem object.Problem
	// Decision lists the permissions that the policy grants today, and the reason for each denial.
	Decision *Decision
	// Notes say what the permissions are for, and what a record shows beyond them. InsteadOfRule is what
	// a record shows to be done instead of a rule.
	Notes         []diagnose.Note
	InsteadOfRule diagnose.Instead
	// Assumptions are what the question takes for granted that is not in a record.
	Assumptions []network.Assumption
	object.Result

	session *Session
}

// Presence returns which domains are on the machine: see [Session.Presence].
func (x *AccessFixes) Presence() *Presence {
	if x.session == nil {
		return &Presence{}
	}
	return x.session.Presence()
}

// AccessFixes finds every fix of an access.
func (s *Session) AccessFixes(ctx context.Context, q AccessQuery) (*AccessFixes, error) {
	source, err := s.Subject(ctx, q.Source)
	if err != nil {
		return nil, err
	}
	problem := object.Problem{Source: source.Context, Class: q.Class, Perms: q.Perms, Files: s.fileContexts()}
	label, name, labelled := strings.Cut(q.Target, ":/")
	switch {
	case q.Target == "self":
		problem.Target = problem.Source
	case labelled && !strings.Contains(label, "/"):
		problem.Path = "/" + name
		if problem.Target, err = s.objectContext(ctx, label); err != nil {
			return nil, err
		}
	case strings.HasPrefix(q.Target, "/"):
		problem.Path = q.Target
		if problem.Target, err = s.labelOf(q.Target, q.Class, problem.Files); err != nil {
			return nil, err
		}
	default:
		if problem.Target, err = s.objectContext(ctx, q.Target); err != nil {
			return nil, err
		}
	}
	problem.Interfaces = s.granting
	x, err := s.accessFixes(ctx, q, problem)
	if err == nil {
		err = s.namedHeaders()
	}
	if err == nil && !x.Allowed {
		x.Notes = meaningOf(s.policy, &problem)
	}
	return x, err
}

// meaningOf says what permissions are for.
func meaningOf(p *policy.Policy, problem *object.Problem) (notes []diagnose.Note) {
	x := meaning.Access{
		Source: p.TypeName(policy.TypeID(problem.Source.Type)), Target: p.TypeName(policy.TypeID(problem.Target.Type)),
		Class: problem.Class, Perms: problem.Perms,
	}
	for _, text := range x.Sentences() {
		notes = append(notes, diagnose.Note{Code: diagnose.NoteMeaning, Text: text})
	}
	return notes
}

// AccessFixesOf finds every fix of a denial in an incident that is not about a port, but for calls of refpolicy's
// interfaces; nil if the policy lacks its names, so that no change can help. For a program's complaint about a file the
// label may be the one of file_contexts: see [diagnose.FileAsked].
func (s *Session) AccessFixesOf(ctx context.Context, f *incident.Finding) (*AccessFixes, error) {
	return s.accessFixesOf(ctx, f, nil)
}

func (s *Session) accessFixesOf(
	ctx context.Context, f *incident.Finding, interfaces func(string, []remedy.Need) *remedy.Calls,
) (*AccessFixes, error) {
	d := f.Denial
	if f.Symptom != nil && f.Symptom.File != nil {
		return s.complaintFixes(ctx, f.Symptom, interfaces)
	}
	if f.AVC == nil || d == nil || d.Source.Type == 0 || d.Target.Type == 0 || len(d.Permissions) == 0 ||
		len(d.Missing) > 0 {
		return nil, nil
	}
	problem := object.Problem{
		Source: d.Source, Target: d.Target, Class: d.Class, Perms: d.Permissions, Files: s.fileContexts(),
		Leftover: d.Leftover, Starting: d.Starting != "",
		Sealed: d.Sealed, Needless: d.Needless, Harmless: d.Harmless,
		HostSocket: d.HostSocket, Settled: d.Instead != "", Interfaces: interfaces,
	}
	q := AccessQuery{
		Source: s.lasting(d.Source), Target: s.policy.FormatContext(d.Target), Class: d.Class, Perms: d.Permissions,
	}
	if d.File != nil {
		problem.Path, problem.Name, problem.Beside = d.File.Path, d.File.Name, f.Beside
	}
	if d.Source.Type == d.Target.Type {
		q.Target = "self"
	}
	x, err := s.accessFixes(ctx, q, problem)
	if err == nil {
		x.Notes, x.InsteadOfRule, x.Assumptions = d.Notes, d.Instead, d.Assumptions
	}
	return x, err
}

// complaintFixes finds the fixes of a program's complaint about a file; nil if nothing is refused.
func (s *Session) complaintFixes(
	ctx context.Context, d *diagnose.SymptomDiagnosis, interfaces func(string, []remedy.Need) *remedy.Calls,
) (*AccessFixes, error) {
	c, perms := d.Deciding()
	if c == nil {
		return nil, nil
	}
	return s.accessFixes(ctx, AccessQuery{
		Source: s.lasting(d.Subject.Context), Target: s.policy.FormatContext(c.Target), Class: c.Class, Perms: perms,
	}, object.Problem{
		Source: d.Subject.Context, Target: c.Target, Class: c.Class, Perms: perms, Path: c.Path,
		Files: s.fileContexts(), Interfaces: interfaces,
	})
}

// AccessFixesOfReport finds every fix of the denials in a report that are not about a port: first
// those that are refused today, else in the order of the findings. Calls of refpolicy's interfaces are found for the
// first one.
func (s *Session) AccessFixesOfReport(ctx context.Context, report *incident.Report) ([]*AccessFixes, error) {
	var refused, allowed []*AccessFixes
	granting := s.granting
	for i := range report.Findings {
		if d := report.Findings[i].Symptom; d != nil && d.Verdict != diagnose.StillDenied {
			continue // of a label that is not known
		}
		x, err := s.accessFixesOf(ctx, &report.Findings[i], granting)
		switch {
		case err != nil:
			return nil, err
		case x == nil:
		case x.Allowed:
			allowed = append(allowed, x)
		default:
			refused, granting = append(refused, x), nil
		}
	}
	if err := s.namedHeaders(); err != nil {
		return nil, err
	}
	return append(refused, allowed...), nil
}

func (s *Session) accessFixes(ctx context.Context, q AccessQuery, problem object.Problem) (*AccessFixes, error) {
	p := s.policy
	decision, err := s.Decide(ctx, DecisionQuery{
		Source: p.FormatContext(problem.Source), Target: p.FormatContext(problem.Target), Class: q.Class,
		Perms: q.Perms,
	})
	if err != nil {
		return nil, err
	}
	problem.Lost = saysNothing(p, problem.Target, problem.Class)
	return &AccessFixes{
		Query: q, Policy: p, Problem: problem, Decision: decision, Result: object.Find(s.decider(), problem),
		session: s,
	}, nil
}

// PolicyType returns the name of the system's policy: SELINUXTYPE in /etc/selinux/config, or
// libselinux's default.
func (s *Session) PolicyType() string { return s.root.SELinuxType() }

// lasting returns a context as a user would write it: only its type, if that gives the same context.
func (s *Session) lasting(c policy.Context) string {
	text := s.policy.FormatContext(c)
	id := policy.TypeID(c.Type)
	if usual, ok := subject.FromType(s.policy, id); ok && s.policy.FormatContext(usual) == text {
		return s.policy.TypeName(id)
	}
	return text
}

// saysNothing reports whether a label does not tell the purpose of a file of a class: see diagnose.File.Lost.
func saysNothing(p *policy.Policy, c policy.Context, class string) bool {
	if sid, ok := p.InitialSID(policy.SIDUnlabeled); ok && sid.Type == c.Type {
		return true
	}
	switch p.TypeName(policy.TypeID(c.Type)) {
	case "unlabeled_t", "default_t", "file_t":
		return true
	case "device_t":
		return class == "chr_file" || class == "blk_file"
	}
	return false
}

// objectContext returns the context of an object for a type or a context.
func (s *Session) objectContext(ctx context.Context, text string) (policy.Context, error) {
	p := s.policy
	if strings.Contains(text, ":") {
		c, err := p.ParseContext(text)
		if err != nil {
			return c, &ContextError{"target", err}
		}
		return c, nil
	}
	id, ok := p.Type(text)
	if !ok {
		_, err := s.Subject(ctx, text) // its error has similar names
		if err == nil {
			err = fmt.Errorf("no such type in the policy: %s", text)
		}
		return policy.Context{}, err
	}
	if c, ok := subject.FromType(p, id); ok {
		return c, nil
	}
	c, err := p.ParseContext(fileContext(p, text).String())
	if err != nil {
		return c, &ContextError{"target", err}
	}
	return c, nil
}

// labelOf returns the label of a file.
func (s *Session) labelOf(path, class string, files object.Files) (policy.Context, error) {
	if label, err := s.root.Label(path); err == nil && label != "" && s.source.Installed {
		if c, err := s.policy.ParseContext(label); err == nil {
			return c, nil
		}
	}
	if files != nil {
		text, _ := files.Wanted(path, class)
		if dir, _ := files.Wanted(filepath.Dir(path), "dir"); text == "" && class != "dir" {
			text = dir // that of a file that is made there
		}
		if text != "" {
			c, err := s.policy.ParseContext(text)
			if err != nil {
				return c, &ContextError{"target", err}
			}
			return c, nil
		}
	}
	return policy.Context{}, &SubjectError{path, fmt.Errorf("%s: its label is not known: name its type", path)}
}

// labelsBeside returns the file contexts that are installed with a policy that was named by its file:
// those in /etc/selinux/NAME for /etc/selinux/NAME/policy/policy.33, in any tree; nil if there are
// none. It reads them once.
func (s *Session) labelsBeside() *fcontext.Table {
	s.besideOnce.Do(func() {
		tree, kind, ok := sysroot.TypeOf(s.source.Name)
		if !ok {
			return
		}
		root, err := host.OpenRoot(tree)
		if err != nil {
			return
		}
		if table, err := fcontext.Load(root, kind); err == nil {
			s.beside = table
		}
	})
	return s.beside
}

// fileContexts returns the file contexts of the system, or of the policy that was named;
// nil where there are none.
func (s *Session) fileContexts() object.Files {
	if !s.source.Installed && s.options.Root == "" {
		if table := s.labelsBeside(); table != nil {
			return systemFiles{table}
		}
		return nil
	}
	table, err := s.system.FileContexts()
	if err != nil {
		return nil
	}
	return systemFiles{table}
}

// A systemFiles is a table of file contexts for package object.
type systemFiles struct{ *fcontext.Table }

// Named returns the paths below a directory with a name that have an entry of their own.
func (s systemFiles) Named(dir, name, class string) []string {
	return s.Table.Named(dir, name, kindOfClass(class))
}

// kindOfClass returns the letter of file_contexts for a class of files, 0 for no class.
func kindOfClass(class string) byte {
	switch class {
	case "":
		return 0
	case "file":
		return '-'
	case "fifo_file":
		return 'p'
	}
	return class[0]
}

// Wanted returns the label in the file contexts for a path, and its line.
func (s systemFiles) Wanted(path, class string) (label, from string) {
	m, err := s.Lookup(path, kindOfClass(class))
	if err != nil || m.Context == fcontext.None || len(m.Unsupported) > 0 {
		return "", ""
	}
	return m.Context, fmt.Sprintf("%s:%d", m.File, m.Line)
}
