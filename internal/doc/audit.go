package doc

import (
	"net/netip"
	"time"

	"github.com/senet-selinux/senet/audit"
)

// An AVC is a message of an access vector cache: the kernel's (AVC), or that of a program which enforces the policy
// itself (USER_AVC: dbus, systemd, X); the kernel's network hooks never write the latter. Missing values are zero:
// the kernel prints neither an address of zeros nor port 0.
type AVC struct {
	Result audit.Result `json:"result"`
	// User says that it is a USER_AVC.
	User bool `json:"user,omitempty"`
	// Permissions are in the order of the log; a bit without a name is "0x...".
	Permissions []string `json:"permissions,omitempty"`
	SContext    string   `json:"scontext"`
	TContext    string   `json:"tcontext"`
	TClass      string   `json:"tclass"`
	// Permissive is nil if the record does not have it, as for granted accesses and in older kernels. True means that
	// the access was not stopped: the source's type or the system is permissive.
	Permissive *bool `json:"permissive,omitempty"`
	// SRawContext and TRawContext are contexts that the loaded policy does not
	// know, as they are stored.
	SRawContext string `json:"srawcon,omitempty"`
	TRawContext string `json:"trawcon,omitempty"`
	PID         int    `json:"pid,omitempty"`
	Comm        string `json:"comm,omitempty"`
	Exe         string `json:"exe,omitempty"`
	Path        string `json:"path,omitempty"` // of a file or unix socket; an abstract name begins with a NUL byte
	Name        string `json:"name,omitempty"` // last element of a path
	Dev         string `json:"dev,omitempty"`
	Ino         uint64 `json:"ino,omitempty"`
	// The addresses and ports of the socket itself: checks of the socket layer.
	LAddr netip.Addr `json:"laddr,omitzero"`
	LPort uint16     `json:"lport,omitempty"`
	FAddr netip.Addr `json:"faddr,omitzero"`
	FPort uint16     `json:"fport,omitempty"`
	// The addresses and ports of a call's argument (src with name_bind, dest with name_connect) or of a packet.
	SAddr netip.Addr `json:"saddr,omitzero"`
	Src   uint16     `json:"src,omitempty"`
	DAddr netip.Addr `json:"daddr,omitzero"`
	Dest  uint16     `json:"dest,omitempty"`
	// Netif is the interface of a packet, by its name in the initial network namespace.
	Netif string `json:"netif,omitempty"`
	// Capability is the number of a capability, nil if there is none.
	Capability *int `json:"capability,omitempty"`
	// KMod is the module alias of a module_request.
	KMod string `json:"kmod,omitempty"`
	// IoctlCmd and NlmsgType are the command of an ioctl and the type of a
	// netlink message; nil if there is none.
	IoctlCmd  *uint16 `json:"ioctlcmd,omitempty"`
	NlmsgType *uint16 `json:"nlmsgtype,omitempty"`
	// Fields are all other fields, in the order of the log.
	Fields []Field `json:"fields,omitempty"`
	// Inferred are values that the log has only in part, and that were completed.
	Inferred []Inference `json:"inferred,omitempty"`
	// UnknownNames are names that no Linux kernel has ever had, and no program that senet knows: the class, or "class
	// permission" for each permission. handle_unknown of a policy does not apply to them: they come from a policy
	// with its own classes, or from a damaged record.
	UnknownNames []string `json:"unknown_names,omitempty"`
	// Text is the message as it was logged, without time and serial number.
	Text string `json:"text,omitempty"`
}

// A ChangeRecord is a record of a change of the policy, a boolean, the mode, labelled networking, or a local record
// of the policy store: verdicts before and after it may differ.
type ChangeRecord struct {
	// Type is the type of the record: MAC_POLICY_LOAD, MAC_STATUS, MAC_CONFIG_CHANGE, MAC_UNLBL_ALLOW,
	// MAC_CIPSOV4_ADD, MAC_MAP_ADD, MAC_IPSEC_EVENT, MAC_CALIPSO_ADD, USER_MAC_CONFIG_CHANGE ...; USER_AVC for the
	// notice of an object manager about a policy load or a change of mode.
	Type string `json:"type"`
	// Op is the operation, if the record has one.
	Op      string `json:"op,omitempty"`
	Boolean string `json:"boolean,omitempty"`
	// Value and OldValue are the values of a boolean (MAC_CONFIG_CHANGE), the mode, with 1 for enforcing
	// (MAC_STATUS), or whether unlabelled packets are accepted (MAC_UNLBL_ALLOW); nil if the record does not have
	// them.
	Value    *int `json:"value,omitempty"`
	OldValue *int `json:"old_value,omitempty"`
	// Success is res=1 or res=success; nil if the record does not have it.
	Success *bool `json:"success,omitempty"`
	// Fields are all fields, in the order of the log.
	Fields []Field `json:"fields,omitempty"`
	Text   string  `json:"text,omitempty"`
}

// A Container is the container that wrote a line, as far as the tool that printed the line names it.
type Container struct {
	// Name is the name of the container, after its pod and a slash if the tool prints the pod; "" if it prints no
	// name.
	Name string `json:"name,omitempty"`
	// Source is the tool whose format the line has: compose, docker, podman, cri, kubectl, stern; prompt if the prompt
	// of a shell in the container, or the command of an engine, is before the line.
	Source string `json:"source"`
	// Engine is the program that started a command in the container, if a line before names it: docker, podman,
	// kubectl. Storage is the directory of its images and containers, if a line names one.
	Engine  string `json:"engine,omitempty"`
	Storage string `json:"storage,omitempty"`
}

// An Event has all records about one system call or one message, as far as they concern SELinux: every record with
// the same time, serial number and node. An event always has an AVC, an error, a change, a report, a symptom or a
// rule; the other records explain it.
type Event struct {
	// Time is the time of the event, in UTC; zero if the log does not have it.
	Time time.Time `json:"time,omitzero"`
	// YearAssumed says that neither the line nor the log has the year of Time: it is the latest possible year that is
	// not in the future.
	YearAssumed bool `json:"year_assumed,omitempty"`
	// Serial is the number that, with Time, identifies the event on its node; 0 if the log has none.
	Serial uint64 `json:"serial,omitempty"`
	// Node is the host, if the log has it.
	Node string `json:"node,omitempty"`
	// Container is the container that wrote the line, nil if nothing tells of one. A program in it does not run in
	// the domain that it has on the host.
	Container *Container   `json:"container,omitempty"`
	Format    audit.Format `json:"format"`
	// Line is the number, from 1, of the first line of the event in the input.
	Line      int64          `json:"line"`
	AVCs      []AVC          `json:"avcs,omitempty"`
	Errors    []SELinuxError `json:"errors,omitempty"`
	Changes   []ChangeRecord `json:"changes,omitempty"`
	Report    *SealertReport `json:"report,omitempty"`
	Symptom   *Symptom       `json:"symptom,omitempty"`
	Rule      *LoggedRule    `json:"rule,omitempty"`
	Syscall   *Syscall       `json:"syscall,omitempty"`
	Sockaddr  *Sockaddr      `json:"sockaddr,omitempty"`
	Proctitle string         `json:"proctitle,omitempty"`
	CWD       string         `json:"cwd,omitempty"`
	Paths     []FilePath     `json:"paths,omitempty"`
	// Argv are the arguments of an execve.
	Argv []string `json:"argv,omitempty"`
}

// A Field is one key=value of a record, its value decoded.
type Field struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// A FilePath is a PATH record: one of the files that a system call named.
type FilePath struct {
	Item     int    `json:"item"`
	Name     string `json:"name,omitempty"`
	Inode    uint64 `json:"inode,omitempty"`
	Dev      string `json:"dev,omitempty"`
	Mode     string `json:"mode,omitempty"`
	Object   string `json:"object,omitempty"` // the label
	Nametype string `json:"nametype,omitempty"`
}

// An Inference is a value that the log has only in part, and that was completed because only one value fits.
type Inference struct {
	Field  string `json:"field"`         // tclass
	Logged string `json:"logged"`        // as in the log
	Taken  string `json:"taken"`         // the completed value
	Cut    bool   `json:"cut,omitempty"` // the log has the beginning of the value
}

// Malformed counts the malformed input of one kind.
type Malformed struct {
	Kind  string `json:"kind"`
	Count int64  `json:"count"`
	// Line and Sample are the line number and the start of the first.
	Line   int64  `json:"line"`
	Sample string `json:"sample,omitempty"`
	// Has are the parts that the first AVC which was cut still has.
	Has []Field `json:"has,omitempty"`
}

// A SealertReport is setroubleshoot's description of a denial, for a log that does not have the denial itself:
// SELinux is preventing /usr/sbin/nginx from name_bind access on the tcp_socket port 8081.
type SealertReport struct {
	// Program is the path or name of the program.
	Program string `json:"program,omitempty"`
	// SourceType is the type of the program, TargetType that of the object, if the text has them.
	SourceType  string   `json:"source_type,omitempty"`
	TargetType  string   `json:"target_type,omitempty"`
	Permissions []string `json:"permissions,omitempty"`
	Class       string   `json:"class,omitempty"`
	// Port is the port, Path another kind of target.
	Port uint16 `json:"port,omitempty"`
	Path string `json:"path,omitempty"`
	// SContext and TContext come from the Additional Information, if it is there.
	SContext string `json:"scontext,omitempty"`
	TContext string `json:"tcontext,omitempty"`
	// Boolean is the boolean that the report suggests to set.
	Boolean string `json:"boolean,omitempty"`
	Text    string `json:"text,omitempty"`
}

// A LoggedRule is an allow rule as audit2allow writes it for all denials of a source, a target and a class, in a log
// without these denials.
type LoggedRule struct {
	SourceType string `json:"source_type"`
	// TargetType is that of the source if the rule has self.
	TargetType  string   `json:"target_type"`
	Class       string   `json:"class"`
	Permissions []string `json:"permissions"`
	// Path is the file that audit2allow calls mislabeled in a comment before the rule.
	Path string `json:"path,omitempty"`
	// Constraint says that a comment of audit2allow calls the denial one of a constraint.
	Constraint bool   `json:"constraint,omitempty"`
	Text       string `json:"text"`
}

// A SELinuxError is a SELINUX_ERR or USER_SELINUX_ERR record: a denial or a failure that is not about one access
// vector, such as a typebounds violation, an invalid computed context or a refused transition; or the kernel's notice
// of an unknown netlink message, which it denies without an AVC (security/selinux/hooks.c, selinux_nlmsg_lookup).
type SELinuxError struct {
	// User says that a program wrote it.
	User bool `json:"user,omitempty"`
	// Op is the operation: security_compute_av, security_compute_sid,
	// security_validate_transition, netlink_message ...
	Op     string `json:"op,omitempty"`
	Reason string `json:"reason,omitempty"` // of security_compute_av: bounds
	// Permissions are those that security_compute_av removed.
	Permissions    []string `json:"permissions,omitempty"`
	SContext       string   `json:"scontext,omitempty"`
	TContext       string   `json:"tcontext,omitempty"`
	TClass         string   `json:"tclass,omitempty"`
	InvalidContext string   `json:"invalid_context,omitempty"`
	OldContext     string   `json:"oldcontext,omitempty"`
	NewContext     string   `json:"newcontext,omitempty"`
	TaskContext    string   `json:"taskcontext,omitempty"`
	// Fields are all other fields.
	Fields []Field `json:"fields,omitempty"`
	Text   string  `json:"text,omitempty"`
}

// A DenialSignature has the fields that equal denials share: all fields that a verdict or a fix depends on, and none
// that differ between occurrences.
type DenialSignature struct {
	Result      audit.Result `json:"result"`
	User        bool         `json:"user,omitempty"`
	SourceType  string       `json:"source_type"`
	TargetType  string       `json:"target_type"`
	Class       string       `json:"class"`
	Permissions string       `json:"permissions"` // in the order of the log, separated by blanks
	// Port is the port as in [AVC.Port].
	Port uint16 `json:"port,omitempty"`
	// Object is the requested module, or "socket:[*]" or "pipe:[*]" for an inherited one. Files with the same label
	// do not have separate signatures: [Group.Objects] has their names.
	Object     string `json:"object,omitempty"`
	Netif      string `json:"netif,omitempty"`
	Capability int    `json:"capability"` // -1 if there is none
	// Command is the ioctl command or the type of a netlink message, "ioctl 0x8927" or "nlmsg 16": rules may deny
	// only one of them.
	Command string `json:"command,omitempty"`
	// Levels are the levels of source and target if they differ: a constraint may deny the access to these and allow
	// it to others of the same types.
	Levels string `json:"levels,omitempty"`
}

// A Sockaddr is a SOCKADDR record: the address that a process passed to bind, connect, sendto and similar calls.
type Sockaddr struct {
	// Family is inet, inet6, unix, netlink, vsock, packet, unspec ..., or the
	// number of the family if it has no name here.
	Family string `json:"family"`
	// Addr is the address of inet and inet6; a scope id of IPv6 is its zone.
	Addr netip.Addr `json:"addr,omitzero"`
	// Port is the port of inet, inet6 and vsock.
	Port uint32 `json:"port,omitempty"`
	// Path is the path of a unix socket; without the NUL byte if Abstract.
	Path     string `json:"path,omitempty"`
	Abstract bool   `json:"abstract,omitempty"`
	// PID and Groups are the port id and the multicast groups of netlink.
	PID    uint32 `json:"nl_pid,omitempty"`
	Groups uint32 `json:"nl_groups,omitempty"`
	// CID is the context id of vsock.
	CID uint32 `json:"cid,omitempty"`
	// Raw are the bytes, in hexadecimal digits, of an address that is not decoded or too short for its family.
	Raw string `json:"raw,omitempty"`
}

// LogStats counts the input by kind. It grows while the events are read.
type LogStats struct {
	Lines int64 `json:"lines"`
	Bytes int64 `json:"bytes"`
	// Events is the number of events returned.
	Events int64 `json:"events"`
	// Denied and Granted are AVC and USER_AVC records, Errors SELINUX_ERR records, Changes MAC_* records and notices;
	// Reports, Symptoms and Rules (of audit2allow) are those returned.
	Denied   int64 `json:"denied"`
	Granted  int64 `json:"granted"`
	Errors   int64 `json:"errors"`
	Changes  int64 `json:"changes"`
	Reports  int64 `json:"reports"`
	Symptoms int64 `json:"symptoms"`
	Rules    int64 `json:"rules,omitempty"`
	// Other are audit records of types that do not concern SELinux, and Foreign records of other security modules
	// (AppArmor, Smack).
	Other   int64 `json:"other"`
	Foreign int64 `json:"foreign"`
	// Duplicates are AVCs and reports skipped because the same text came before from another source: the journal has
	// a denial as its own and in the kernel's log, and setroubleshoot repeats it.
	Duplicates int64 `json:"duplicates"`
	// Early are the skipped AVCs of events before Options.Since.
	Early int64 `json:"early,omitempty"`
	// Listed are the files of listings with labels: ls -Z, stat, restorecon, matchpathcon.
	Listed int64 `json:"listed,omitempty"`
	// Disabled says that a line of sestatus has SELinux disabled.
	Disabled bool `json:"disabled,omitempty"`
	// Unlogged says that a line of a text says that the audit log has nothing.
	Unlogged bool `json:"unlogged,omitempty"`
	// Patcher is the program that a line names and that adds rules to the policy of an Android device while it runs:
	// Magisk, KernelSU or APatch.
	Patcher string `json:"patcher,omitempty"`
	// PatcherSyntax is the number of the line with magiskpolicy's error about a rule with colons or semicolons.
	PatcherSyntax int64 `json:"patcher_syntax,omitempty"`
	// Unrecognised are lines of no known kind.
	Unrecognised int64 `json:"unrecognised"`
	// Lost counts the notices that records were lost: suppressed, over the rate
	// limit, or the backlog full. Denials may be missing.
	Lost int64 `json:"lost"`
	// LostRecords is the number of lost records as far as the notices tell: the last audit_lost= and the suppressed
	// records. It is a lower bound.
	LostRecords int64 `json:"lost_records,omitempty"`
	// Malformed has one entry for each kind that occurred, in a fixed order.
	Malformed []Malformed `json:"malformed,omitempty"`
}

// A Symptom is a denial that a program, or strace, has logged itself: EACCES from an operation on the network or a
// file. The cause may be other than SELinux (the owner or mode of a file, a privileged port, seccomp, a packet filter
// that rejects). Values that the line lacks are empty.
type Symptom struct {
	// Program is haproxy, nginx, httpd, sshd ..., from the line or its header.
	Program string `json:"program,omitempty"`
	PID     int    `json:"pid,omitempty"`
	// Operation is connect, bind, listen, accept, send, recv, create, another system call on sockets from strace; on a
	// file open, read, write, create, mkdir, unlink, rmdir, rename, link, readlink, chdir, list, search, stat, chmod,
	// chown, utime, unlabel, execute, map, mmap, execmod, mount, unmount or execstack; or "" if the line does not name
	// the denied operation.
	Operation string `json:"operation,omitempty"`
	// Protocol is tcp, udp, sctp, unix, netlink, dbus, file or "".
	Protocol string     `json:"protocol,omitempty"`
	Addr     netip.Addr `json:"addr,omitzero"`
	// Host is the name, if the line has no address.
	Host string `json:"host,omitempty"`
	Port uint16 `json:"port,omitempty"`
	// PortDefault says that the line has no port, and Port is the default port of Service.
	PortDefault bool `json:"port_default,omitempty"`
	// Service is the service that the program wanted to reach, if the line names it: mysql.
	Service string `json:"service,omitempty"`
	Path    string `json:"path,omitempty"` // of a unix socket or a file, which may be relative
	// Backend and Server are haproxy's names of the target of a connection, Frontend that of a bound address.
	Backend  string `json:"backend,omitempty"`
	Server   string `json:"server,omitempty"`
	Frontend string `json:"frontend,omitempty"`
	// Errno is EACCES, or EPERM for a line that names SELinux and says no more; "" if the line does not have the
	// reason.
	Errno string `json:"errno,omitempty"`
	Text  string `json:"text"`
	// Asked are the permissions that SELinux refused, with blanks between, Class is the class of the object and Domain
	// the type of the program, if setroubleshoot names them.
	Asked  string `json:"asked,omitempty"`
	Class  string `json:"class,omitempty"`
	Domain string `json:"domain,omitempty"`
	// Step is the step at which systemd failed before it started a program: STATE_DIRECTORY. Call is the system call of
	// a SYSCALL record that failed, if no record of SELinux is beside it.
	Step string `json:"step,omitempty"`
	Call string `json:"call,omitempty"`
	// Strace says that the line is from strace.
}

// A Syscall is a SYSCALL record, or a URINGOP record for a request to an io_uring.
type Syscall struct {
	// Arch is x86_64, i386, aarch64 ...; the number as logged if not known.
	Arch   string `json:"arch,omitempty"`
	Number int    `json:"number"`
	// Name is "" if the table of the architecture does not have the number. For socketcall it is the call that its
	// first argument selects.
	Name string `json:"name,omitempty"`
	// URing says that Number is an operation of io_uring, not a system call.
	URing bool `json:"uring,omitempty"`
	// Success is nil if the record does not have it.
	Success *bool `json:"success,omitempty"`
	Exit    int64 `json:"exit"`
	// Errno is the name of the error that the call returned, "" for none.
	Errno string `json:"errno,omitempty"`
	// Args are a0 to a3; values of an interpreted record that are not numbers are 0.
	Args [4]uint64 `json:"args"`
	PPID int       `json:"ppid,omitempty"`
	PID  int       `json:"pid,omitempty"`
	// AUID, UID, GID and EUID are numbers, or names in interpreted records.
	AUID string `json:"auid,omitempty"`
	UID  string `json:"uid,omitempty"`
	GID  string `json:"gid,omitempty"`
	EUID string `json:"euid,omitempty"`
	TTY  string `json:"tty,omitempty"`
	Ses  string `json:"ses,omitempty"`
	Comm string `json:"comm,omitempty"`
	Exe  string `json:"exe,omitempty"`
	Subj string `json:"subj,omitempty"`
	Key  string `json:"key,omitempty"`
	// Names are the names that auditd added to the numbers (ENRICHED), such as
	// UID and ARCH.
	Names []Field `json:"names,omitempty"`
}
