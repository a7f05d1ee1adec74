package diagnose

import (
	"net/netip"
	"slices"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/subject"
)

// A Verdict says whether the denied operation of a record would succeed today.
type Verdict string

// The verdicts.
const (
	// StillDenied: the policy refuses it.
	StillDenied Verdict = "denied"
	// NowAllowed: the policy grants it. The policy, a boolean or a label has changed since, or the
	// record comes from another policy.
	NowAllowed Verdict = "allowed"
	// OnlyLogged: the policy denies it, but the kernel only logs the denial, because the source's
	// type is permissive.
	OnlyLogged Verdict = "permissive"
	// NotAsked: the kernel of this host does not make the check.
	NotAsked Verdict = "not-asked"
	// UnknownHere: the policy lacks a name of the record.
	UnknownHere Verdict = "unknown"
)

// A Diagnosis explains a record.
type Diagnosis struct {
	Hook  Hook
	Layer network.Layer // "" if the hook does not belong to the network code
	// Call is the call in which the check was made, Operation the program's operation; "" if the
	// record does not tell.
	Call      network.Call
	Operation network.Operation
	// Protocol, Addr and Port are those of the socket, "" and zero if the record has none. The
	// kernel leaves the addresses 0.0.0.0 and :: out of records.
	Protocol network.Protocol
	Addr     netip.Addr
	Port     uint16

	// Source and Target are today's contexts for the check; zero if Verdict is UnknownHere.
	Source, Target policy.Context
	Class          string
	Permissions    []string
	Verdict        Verdict
	// Missing lists the names that the policy lacks.
	Missing []Gap
	// Checks are the policy's answers today, one for each permission that it has.
	Checks []access.PermCheck
	// Command is the ioctl command or netlink message type of the record, if rules of extended
	// permissions deny it; else nil.
	Command *Command
	// Label is today's label of the port, address or interface of the check, nil for other targets.
	// Was is the context in the record, if it differs.
	Label *policy.Label
	Was   string
	// WasSource is the source in the record, if packets of such a sender have another label today;
	// else "".
	WasSource string
	// Also are the other checks of the same operation that the policy denies today, in the kernel's
	// order: a program meets the next one only when the one before is fixed.
	Also []network.LayerAnswer
	// Question is the question about the whole operation, for operations on a port; nil for others.
	Question *network.Question
	// Candidates are the endpoints of the program's configuration that a record without a port may be
	// about, and Assumptions say which of them it is taken to be.
	Candidates  []Candidate
	Assumptions []network.Assumption
	// File describes the file that the record is about, nil for other objects.
	File *File
	// Leftover is the type of a daemon at one of the ends that was left in the domain of what
	// started it, "" for none: its program is to be labelled, and a rule would be for all
	// such daemons.
	Leftover string
	// Starting is the program that systemd was about to start, "" where it was not.
	Starting string
	// Program is the label for the program that systemd, or a script of init, may not start: file_contexts has it for
	// one of the same name in /usr; nil if it has none.
	Program *ProgramLabel
	// Sudo is set for a service that runs sudo or su (InsteadSudo).
	Sudo *Sudo
	// Tool is set for a program of the system that ran in the domain of its caller.
	Tool *Tool
	// Image says that the policy is part of an image, so that no module is installed, and Android that it is one of
	// Android; Sealed that what the source may do there is fixed, as for apps.
	Image, Android, Sealed bool
	// Change is the change in the source of such a policy; nil where none is to be made.
	Change *ImageChange
	// Needless says that the system call did its work without what was refused.
	Needless bool
	// HostSocket says that a container wanted a socket whose owner may do all on the host: no rule is for
	// that.
	HostSocket bool
	// Mount is the mount of the text that the file of a container's denial is in; nil if it has none for it.
	Mount *audit.Mount
	// OwnEntry is set for a file that the daemon runs and that has the label of the daemon's own program by mistake.
	OwnEntry *OwnEntry
	// ProgramDomain is the domain that the program of the denial has of its own, by its label; "" for none.
	ProgramDomain string
	// Harmless says that programs ask so in passing and do without: a dontaudit rule is for that. Optional
	// says that they often do without, so that what fails decides.
	Harmless, Optional bool
	// Instead names the right change where a rule would be the wrong one; "" if none is known.
	Instead Instead
	// Starter says who started a program that did not get its own domain: a unit of systemd, a container engine, a
	// person. It is "" for records of other kinds than op=security_bounded_transition and class process2.
	Starter Starter
	// Script is the plugin or script that the process runs, for InsteadScript; else nil.
	Script *Script
	// ByHand is the command of the text that gives the file a label by which the policy allows the access, nil
	// for none.
	ByHand *audit.Chcon
	// Follows are the permissions that the kernel asks for next to start a program and that the policy refuses as well.
	Follows []access.PermCheck
	// Invalid is the context of a SELINUX_ERR record that is not valid, nil for others.
	Invalid *Invalid
	// Step names the first change to make if the policy lacks a name of the record; it is "" for other denials.
	Step Step
	// Elsewhere is set where this policy grants the access, and the host of the log refused it (Verdict is
	// NowAllowed): it is the diagnosis for that host, and its Step and Instead name the first change there. Else nil.
	Elsewhere *Diagnosis
	Notes     []Note

	foreignLevel string // a level of the record that the policy lacks, where the two levels differ

	passed bool // a descriptor that came in a message

	control bool // a socket or fifo by which programs speak to a service

	unasked bool // the kernel of this host does not check such packets

	elsewhere bool // it is the Elsewhere of another
}

// A Note is a fact that the record alone does not show.
type Note struct {
	Code NoteCode
	Text string
}

// A NoteCode is the kind of a note.
type NoteCode string

// The kinds of notes.
const (
	NoteActivation  NoteCode = "socket-activation" // systemd makes the call
	NoteRuntime     NoteCode = "container-runtime" // a container runtime makes the call
	NoteSocketLabel NoteCode = "socket-label"      // the socket's label differs from the process's
	NoteInherited   NoteCode = "inherited-socket"  // the socket belongs to another domain
	NoteRelabelled  NoteCode = "relabelled"        // the port, address or interface has another label today
	NotePermissive  NoteCode = "permissive"        // it was not stopped, or would not be today
	NoteHidden      NoteCode = "dontaudit"         // a dontaudit rule hides it from the log
	NoteLocalPorts  NoteCode = "local-port-range"  // ip_local_port_range decides whether the check is made
	NotePacket      NoteCode = "packet"            // pid and comm are those of the process that was running by chance
	NotePacketLabel NoteCode = "packet-label"      // what sets the label of such packets today
	NoteRawContext  NoteCode = "raw-context"       // a label that the kernel did not know
	NoteContext     NoteCode = "context"           // only the type of a context is known
	NoteInferred    NoteCode = "inferred"          // the log has only a part of a name, or another form of it
	NoteUserspace   NoteCode = "userspace"         // not a hook of the kernel
	NoteNoRecord    NoteCode = "no-record"         // a denial without an AVC
	NoteDaemon      NoteCode = "daemon"            // a daemon runs in the domain of its starter
	NoteSucceeded   NoteCode = "succeeded"         // the system call succeeded anyway
	NoteBehind      NoteCode = "behind"            // the next check
	// NoteVolume: a container accesses a file of the host.
	NoteVolume NoteCode = "volume"
	// NoteInside: a path is one in the container.
	NoteInside NoteCode = "path-inside"
	// NotePod: a pod accesses a volume with the categories of another one.
	NotePod NoteCode = "pod"
	// NoteMeaning: what the permissions are for, and what comes before a rule.
	NoteMeaning NoteCode = "meaning"
	// NoteAndroid: who may change the policy of Android.
	NoteAndroid NoteCode = "android"
	// NoteImage: so of another policy that is a part of an image, as OpenWrt's.
	NoteImage NoteCode = "image"
	// NoteNoNewPrivileges: a program does not get its domain.
	NoteNoNewPrivileges NoteCode = "no-new-privileges"
	// NoteSince: the kernel asks for a permission only since a version.
	NoteSince NoteCode = "since"
)

func (d *Diagnosis) note(code NoteCode, text string) {
	d.Notes = append(d.Notes, Note{code, text})
}

// Noted reports whether a note of a kind was made.
func (d *Diagnosis) Noted(code NoteCode) bool {
	return slices.ContainsFunc(d.Notes, func(n Note) bool { return n.Code == code })
}

// Refused returns the permission of those that the policy refuses today for which
// most has to change: what a constraint or a bound refuses, then what no rule
// allows, then what a boolean switches off. It is nil if the policy grants all.
func (d *Diagnosis) Refused() *access.PermCheck {
	var worst *access.PermCheck
	for i := range d.Checks {
		if pc := &d.Checks[i]; !pc.Allowed && (worst == nil || hardness(pc.Reason.Code) > hardness(worst.Reason.Code)) {
			worst = pc
		}
	}
	return worst
}

func hardness(c access.Code) int {
	switch c {
	case access.BoolOff:
		return 0
	case access.NoRule:
		return 1
	}
	return 2
}

// Blocked reports whether another check of the operation itself is certainly denied today: not one
// of a usual next step, nor one that depends on an address that the record does not have.
func (d *Diagnosis) Blocked() bool {
	for i := range d.Also {
		l := &d.Also[i]
		if l.Permissive || l.Layer == network.LayerNode && !d.Addr.IsValid() {
			continue
		}
		switch l.Call {
		case network.CallSocket, network.CallBind, network.CallConnect, d.Call:
			return true
		}
	}
	return false
}

// Switches returns the settings of booleans, each of which would allow all denied permissions of
// the record.
func (d *Diagnosis) Switches() [][]policy.BoolSetting {
	var list [][]policy.BoolSetting
	for i := range d.Checks {
		pc := &d.Checks[i]
		if pc.Allowed {
			continue
		}
		// A setting must allow all of several permissions.
		if list == nil {
			list = slices.Clone(pc.Reason.Switches)
		}
		list = slices.DeleteFunc(list, func(s []policy.BoolSetting) bool {
			return !slices.ContainsFunc(pc.Reason.Switches,
				func(other []policy.BoolSetting) bool { return slices.Equal(s, other) })
		})
		if len(list) == 0 {
			return nil
		}
	}
	return list
}

// A Diagnoser explains records under one policy with the facts of one host. Only one goroutine may
// use it.
type Diagnoser struct {
	d       *access.Decider
	p       *policy.Policy
	machine network.Question // the template of every question
	host    host.Facts
	system  *subject.System               // nil where no system is known
	table   *fcontext.Table               // nil where none is known but the system's
	read    map[string]*daemonconf.Result // the configurations of programs, by the program's name
	init    policy.TypeID                 // of systemd, 0 where the policy has no init_t
	units   []audit.UnitSetting           // of the log
	prose   audit.Prose                   // around its records
	patcher string                        // see Patcher
	seen    map[string]policy.Context     // labels that listings of the log show, by path or by name
	alien   []audit.Listed                // those with a type that the policy lacks
	target  string                        // the file of the complaint that is asked about, "" for none
}

// New returns a Diagnoser that decides by d. The machine is the template of every question: its
// Host, Strict, UserNamespace and FastOpenUnchecked apply to all. SELinux counts as enforcing: the
// answer is the policy's.
func New(d *access.Decider, machine network.Question) *Diagnoser {
	machine.Host.Enforcing = true
	g := &Diagnoser{d: d, p: d.Policy(), machine: machine, host: machine.Host}
	g.init, _ = g.p.Type("init_t")
	return g
}

// question returns the question whether a subject may do an operation.
func (g *Diagnoser) question(subject policy.Context, op network.Operation, p network.Protocol, addr netip.Addr,
	port uint16) network.Question {
	q := g.machine
	q.Subject, q.Operation, q.Protocol, q.Addr, q.Port = subject, op, p, addr, port
	return q
}

// AVC diagnoses one message of an access vector cache and the event it is in.
func (g *Diagnoser) AVC(e *audit.Event, a *audit.AVC) *Diagnosis {
	d := &Diagnosis{Hook: hookOf(a), Class: a.TClass, Permissions: a.Permissions, Protocol: protocolOf(a.TClass)}
	d.Layer = d.Hook.layer(a)
	d.Call = d.call(a, e)
	d.Operation = operationOf(d.Call)
	if d.Hook == HookCapability && e.Sockaddr != nil {
		d.Protocol = network.TCP // the record does not tell; bind() to a low port is the same for UDP
	}
	g.endpoint(d, a, e)
	source, target, ok := g.contexts(d, a)
	if ok {
		d.Source, d.Target = source, target
		g.recordPort(d, a, e)
		g.check(d, a, e)
		g.rest(d, a, e)
		g.file(d, a, e)
	} else {
		d.Verdict = UnknownHere
		d.garbled(a)
		g.fileElsewhere(d, a, e)
	}
	g.programLabelled(d, a)
	g.notes(d, a, e)
	g.firstStep(d, a)
	since(d, a)
	g.refusedThere(d, a, e)
	return d
}
