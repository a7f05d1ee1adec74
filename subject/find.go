package subject

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/policy"
)

// A Step is one step from the word of the question to a context.
type Step struct {
	// Code is the fixed name of the kind of step: process, unit, exec, label, file_contexts, init, selinuxcontext,
	// transition, no-transition, nnp, check, assumed, named, runs.
	Code string
	// From is the file or rule of the step, "" if it follows from the steps before it.
	From string
	Text string
}

// ErrNoProcess is wrapped if there is no process with the number.
var ErrNoProcess = errors.New("no such process")

// ErrNoContext is wrapped if a process has no security context: SELinux is off.
var ErrNoContext = errors.New("the process has no security context: SELinux is off")

// ErrNoProgram is wrapped if a program's file does not exist.
var ErrNoProgram = errors.New("no such program")

// A System is the system in which processes, units and files are looked up.
type System struct {
	Root host.Root
	// Type is the policy type, whose file_contexts are used if a file has no own label; "" for SELINUXTYPE in the
	// system's /etc/selinux/config.
	Type string

	files *files // nil if they are read for each question
}

// policyType returns the policy type to use.
func (sys System) policyType() string {
	if sys.Type != "" {
		return sys.Type
	}
	return sys.Root.SELinuxType()
}

// FileContexts reads the file contexts of the system.
func (sys System) FileContexts() (*fcontext.Table, error) {
	if f := sys.files; f != nil {
		f.once.Do(func() { f.table, f.err = fcontext.Load(sys.Root, sys.policyType()) })
		return f.table, f.err
	}
	return fcontext.Load(sys.Root, sys.policyType())
}

// Keep returns the system with file contexts that are read only once, for many questions.
func (sys System) Keep() System {
	if sys.files == nil {
		sys.files = &files{}
	}
	return sys
}

// A files is file contexts that are read at the first use.
type files struct {
	once  sync.Once
	table *fcontext.Table
	err   error
}

// Find finds the context that text names on a system: a type, a full context, pid:812, unit:haproxy.service,
// exe:/usr/sbin/haproxy, or the name of a service, haproxy: a unit or a program of the system, else a program in its
// file_contexts, else a type of that name. The Decider's policy decides which context a program runs in.
func (sys System) Find(d *access.Decider, text string) (Subject, error) {
	kind, rest, ok := strings.Cut(text, ":")
	if !ok {
		s, err := Resolve(d.Policy(), text)
		if !errors.Is(err, ErrUnknown) || strings.HasSuffix(text, "_t") {
			return s, err
		}
		if _, attribute := d.Policy().Attribute(text); attribute {
			return s, err
		}
		f := finder{System: sys, d: d, p: d.Policy(), s: Subject{Name: text}}
		if named := f.named(text); !errors.Is(named, ErrUnknown) {
			return f.s, named
		}
		return s, err
	}
	f := finder{System: sys, d: d, p: d.Policy(), s: Subject{Name: text}}
	var err error
	switch kind {
	case "pid":
		err = f.pid(rest)
	case "unit":
		err = f.unit(rest)
	case "exe":
		err = f.exe(rest)
	default:
		return Resolve(d.Policy(), text)
	}
	return f.s, err
}

// A finder performs the steps to one subject.
type finder struct {
	System
	d *access.Decider
	p *policy.Policy
	s Subject
}

func (f *finder) step(code, from, format string, args ...any) {
	f.s.Steps = append(f.s.Steps, Step{code, from, fmt.Sprintf(format, args...)})
}

func (f *finder) pid(text string) error {
	pid, err := strconv.ParseUint(text, 10, 31)
	if err != nil || pid == 0 {
		return fmt.Errorf("pid:%s: not a process id", text)
	}
	if !f.Root.Live() {
		return fmt.Errorf("pid:%s: only the running system has processes", text)
	}
	process, err := f.Root.Process(int(pid))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("pid:%d: %w", pid, ErrNoProcess)
	}
	if err != nil {
		return err
	}
	if process.Context == "" {
		return fmt.Errorf("pid:%d (%s): %w", pid, process.Comm, ErrNoContext)
	}
	f.step("process", fmt.Sprintf("/proc/%d/attr/current", pid), "process %d (%s) runs in %s", pid, process.Comm,
		process.Context)
	f.s.Context, err = f.p.ParseContext(process.Context)
	if err != nil {
		return fmt.Errorf("pid:%d: the policy does not have the context: %w", pid, err)
	}
	f.s.Process = &process
	return nil
}

func (f *finder) unit(name string) error {
	u, err := loadUnit(f.Root, name)
	if err != nil {
		return fmt.Errorf("unit:%s: %w", name, err)
	}
	return f.start(&u, "unit:"+name)
}

// start finds the context of a unit's main process.
func (f *finder) start(u *Unit, name string) error {
	f.step("unit", strings.Join(u.Files, ", "), "%s starts %s", u.Name, u.Exec)
	if u.Context != "" {
		c, err := f.p.ParseContext(u.Context)
		switch {
		case err == nil:
			f.step("selinuxcontext", strings.Join(u.Files, ", "), "SELinuxContext sets the context %s", u.Context)
			f.s.Context = c
			return nil
		case !u.ContextOptional:
			return fmt.Errorf("%s: SELinuxContext=%s: %w", name, u.Context, err)
		}
		f.step("selinuxcontext", strings.Join(u.Files, ", "), "SELinuxContext=-%s is ignored: %v", u.Context, err)
	}
	file, err := f.program(u.Exec)
	if err != nil {
		return fmt.Errorf("%s: ExecStart: %w", name, err)
	}
	return f.run(file, u.NoNewPrivileges)
}

// program finds the file of a program without a path, as systemd does.
func (f *finder) program(name string) (string, error) {
	if path.IsAbs(name) {
		return name, nil
	}
	for _, dir := range []string{"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"} {
		if f.Root.Exists(dir + "/" + name) {
			return dir + "/" + name, nil
		}
	}
	return "", fmt.Errorf("%w: %s is in none of systemd's directories", ErrNoProgram, name)
}

func (f *finder) exe(file string) error {
	if !path.IsAbs(file) {
		return fmt.Errorf("exe:%s: not an absolute path", file)
	}
	return f.run(file, false)
}

// run finds the context of a program that init starts.
func (f *finder) run(file string, noNewPrivileges bool) error {
	label, err := f.fileLabel(file)
	if err != nil {
		return err
	}
	init, err := f.initContext()
	if err != nil {
		return err
	}
	return f.exec(init, label, file, noNewPrivileges)
}

// exec finds the context of a process after it executes a file with a label.
func (f *finder) exec(old, label policy.Context, file string, noNewPrivileges bool) error {
	next, err := f.d.NewObject(old, label, "process", "")
	if err != nil {
		return fmt.Errorf("%s: started by %s it would run in %s: %w", file, f.p.FormatContext(old),
			f.p.FormatContext(next), err)
	}
	from, to, on := f.typeName(old), f.typeName(next), f.typeName(label)
	if next.Type == old.Type {
		f.step("no-transition", "", "no type_transition for %s %s:process, so the program stays in %s", from, on, to)
	} else {
		f.step("transition", "", "type_transition %s %s:process %s", from, on, to)
	}
	if noNewPrivileges && next != old && !f.nnp(old, next) {
		f.step("nnp", "", "NoNewPrivileges is set and %s may not nnp_transition to %s, so the program stays in %s",
			from, to, from)
		next = old
	}
	f.entry(old, next, label)
	f.s.Context = next
	return nil
}

func (f *finder) typeName(c policy.Context) string { return f.p.TypeName(policy.TypeID(c.Type)) }

// nnp mirrors check_nnp_nosuid of security/selinux/hooks.c for no_new_privs.
func (f *finder) nnp(old, next policy.Context) bool {
	if f.p.HasPolicyCap(policy.CapNNPNosuidTransition) {
		c := f.d.Check(old, next, "process2", "nnp_transition")
		if c.Allowed() {
			return true
		}
	}
	// security_bounded_transition: the new type is bounded by the old one.
	for t, n := f.p.Bounds(policy.TypeID(next.Type)), 0; t != 0 && n < maxBounds; t, n = f.p.Bounds(t), n+1 {
		if uint32(t) == old.Type {
			return true
		}
	}
	return false
}

const maxBounds = 4 // POLICYDB_BOUNDS_MAXDEPTH

// entry notes the checks of the exec itself that would deny it: it mirrors the checks of selinux_bprm_creds_for_exec.
func (f *finder) entry(init, next, label policy.Context) {
	type check struct {
		source, target policy.Context
		class, perm    string
	}
	checks := []check{{init, next, "process", "transition"}, {next, label, "file", "entrypoint"},
		{init, label, "file", "execute"}}
	if next == init {
		checks = []check{{init, label, "file", "execute_no_trans"}}
	}
	for _, c := range checks {
		answer := f.d.Check(c.source, c.target, c.class, c.perm)
		if !answer.Allowed() {
			f.step("check", "", "the policy refuses the start itself: %s %s:%s %s", f.typeName(c.source),
				f.typeName(c.target), c.class, c.perm)
		}
	}
}

// fileLabel returns the label of a program's file: its own, else the one from file_contexts.
func (f *finder) fileLabel(file string) (policy.Context, error) {
	real, err := f.Root.Resolve(file)
	if errors.Is(err, fs.ErrNotExist) {
		// file_contexts would still have a label for it, that of its directory: a mistyped path must not give an
		// answer.
		return policy.Context{}, fmt.Errorf("%w: %s does not exist under %s", ErrNoProgram, file, f.Root.Dir())
	}
	if err != nil {
		return policy.Context{}, err
	}
	if real != file {
		f.step("exec", "", "%s is a link to %s", file, real)
	}
	if info, err := f.Root.Stat(real); err != nil {
		return policy.Context{}, err
	} else if !info.Mode().IsRegular() {
		return policy.Context{}, fmt.Errorf("%w: %s is not a regular file", ErrNoProgram, file)
	}
	if text, err := f.Root.Label(real); err == nil && text != "" {
		c, err := f.p.ParseContext(text)
		if err == nil {
			f.step("label", real+" (security.selinux)", "the file is labelled %s", text)
			return c, nil
		}
		// The kernel treats such a file as unlabeled; the label of file_contexts is the better guess if the policy is
		// not the loaded one.
		f.step("label", real+" (security.selinux)", "the file is labelled %s, which the policy does not have", text)
	}
	fc, err := f.FileContexts()
	if err != nil {
		return policy.Context{}, fmt.Errorf("%s has no own label, and %w", file, err)
	}
	m, err := fc.Lookup(real, '-')
	for _, p := range m.Unsupported {
		f.step("file_contexts", "", "a pattern could not be tried and may give another label: %s", p)
	}
	if err == nil && m.Context == fcontext.None {
		err = fmt.Errorf("%w: %s says <<none>> for %s", fcontext.ErrNoLabel, m.Pattern, m.Path)
	}
	if err != nil {
		return policy.Context{}, fmt.Errorf("%s: %w", file, err)
	}
	c, err := f.p.ParseContext(m.Context)
	if err != nil {
		return policy.Context{}, fmt.Errorf("%s:%d: %w", m.File, m.Line, err)
	}
	f.step("file_contexts", fmt.Sprintf("%s:%d", m.File, m.Line), "%s should be labelled %s, by the pattern %s", m.Path,
		m.Context, m.Pattern)
	return c, nil
}

// initContext returns the context of the system's first process: the one that it enters from the kernel's, by its
// program's file in the policy.
func (f *finder) initContext() (policy.Context, error) {
	id, ok := f.p.Type("init_t")
	kernel, hasKernel := f.p.InitialSID(policy.SIDKernel)
	if file, hasFile := f.p.Type("init_exec_t"); hasKernel && hasFile {
		label := kernel
		label.Type = uint32(file)
		if next, err := f.d.NewObject(kernel, label, "process", ""); err == nil && next.Type != kernel.Type {
			f.step("init", "", "services are started by %s", f.p.FormatContext(next))
			return next, nil
		}
	}
	if ok {
		if c, ok := FromType(f.p, id); ok {
			f.step("init", "", "services are started by %s", f.p.FormatContext(c))
			return c, nil
		}
	}
	return policy.Context{}, errors.New("the policy has no type init_t, so it is not known what starts services")
}
