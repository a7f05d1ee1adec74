package doc

import (
	"net/netip"
	"time"

	"github.com/senet-selinux/senet/audit"
)

// An AVC is a message of an access vector cache: the kernel's (AVC), or that
// of a program which enforces the policy itself (USER_AVC: dbus, systemd, X),
// which no network hook of the kernel ever writes. What the record does not
// have is zero: the kernel prints neither an address of zeros nor port 0.
type AVC struct {
	Result audit.Result `json:"result"`
	// User says that it is a USER_AVC.
	User bool `json:"user,omitempty"`
	// Permissions are in the order of the log; a bit without a name is "0x...".
	Permissions []string `json:"permissions,omitempty"`
	SContext    string   `json:"scontext"`
	TContext    string   `json:"tcontext"`
	TClass      string   `json:"tclass"`
	// Permissive is nil where the record does not say, which is so for granted
	// accesses and for kernels older than the field. True means that the
	// access went ahead: the source's type or the system is permissive.
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
	// Those of a call's argument (src with name_bind, dest with name_connect)
	// or of a packet.
	SAddr netip.Addr `json:"saddr,omitzero"`
	Src   uint16     `json:"src,omitempty"`
	DAddr netip.Addr `json:"daddr,omitzero"`
	Dest  uint16     `json:"dest,omitempty"`
	// Netif is the interface a packet passed, by its name in the initial
	// network namespace.
	Netif string `json:"netif,omitempty"`
	// Capability is the number of a capability; nil if it is not about one.
	Capability *int `json:"capability,omitempty"`
	// KMod is the module alias that a module_request is for.
	KMod string `json:"kmod,omitempty"`
	// IoctlCmd and NlmsgType are the command of an ioctl and the type of a
	// netlink message; nil if there is none.
	IoctlCmd  *uint16 `json:"ioctlcmd,omitempty"`
	NlmsgType *uint16 `json:"nlmsgtype,omitempty"`
	// Fields are all others, in the order of the log.
	Fields []Field `json:"fields,omitempty"`
	// Inferred says which values the log shows only in part, and were completed.
	Inferred []Inference `json:"inferred,omitempty"`
	// UnknownNames are the names that no Linux kernel has ever had, nor a program
	// that this package knows: the class, or "class permission" for each
	// permission. handle_unknown of a policy says nothing of them: they come from a
	// policy that has classes of its own, or from a record that was damaged.
	UnknownNames []string `json:"unknown_names,omitempty"`
	// Text is the message as it was logged, without time and serial number.
	Text string `json:"text,omitempty"`
}

// A ChangeRecord is a record that says the policy, a boolean, the mode or labelled
// networking changed, or a local record of the policy store: the verdicts of
// denials before it may not hold after it.
type ChangeRecord struct {
	// Type is the record's: MAC_POLICY_LOAD, MAC_STATUS, MAC_CONFIG_CHANGE,
	// MAC_UNLBL_ALLOW, MAC_CIPSOV4_ADD, MAC_MAP_ADD, MAC_IPSEC_EVENT,
	// MAC_CALIPSO_ADD, USER_MAC_CONFIG_CHANGE ...; USER_AVC for the notice of
	// an object manager that it saw a policy load or a change of mode.
	Type string `json:"type"`
	// Op is the operation, where the record names one.
	Op      string `json:"op,omitempty"`
	Boolean string `json:"boolean,omitempty"`
	// Value and OldValue are a boolean's (MAC_CONFIG_CHANGE) or the mode,
	// enforcing being 1 (MAC_STATUS), or whether unlabelled packets are
	// accepted (MAC_UNLBL_ALLOW); nil where the record does not say.
	Value    *int `json:"value,omitempty"`
	OldValue *int `json:"old_value,omitempty"`
	// Success is res=1 or res=success; nil where the record does not say.
	Success *bool `json:"success,omitempty"`
	// Fields are all fields, in the order of the log.
	Fields []Field `json:"fields,omitempty"`
	Text   string  `json:"text,omitempty"`
}

// A Container is the container that wrote a line, as far as the tool that printed the line names it.
type Container struct {
	// Name is that of the container, with its pod before a slash where the tool prints it; "" where it prints none.
	Name string `json:"name,omitempty"`
	// Source is whose form the line has: compose, docker, podman, cri, kubectl, stern.
	Source string `json:"source"`
}

// An Event has everything that the audit system logged about one system call or one
// message, as far as SELinux is concerned: every record with the same time,
// serial number and node. An event always has an AVC, an error, a change, a
// report or a symptom; the other records explain it.
type Event struct {
	// Time is when it happened, in UTC; zero where the log does not say.
	Time time.Time `json:"time,omitzero"`
	// YearAssumed says that the log has no year for Time and nothing near it that
	// tells it: it is the latest such date that is not in the future.
	YearAssumed bool `json:"year_assumed,omitempty"`
	// Serial is the number that, with Time, names the event on its node; 0
	// where the log has none.
	Serial uint64 `json:"serial,omitempty"`
	// Node is the host, if the log names it.
	Node string `json:"node,omitempty"`
	// Container says that a container wrote the line, and which; nil where nothing
	// tells so. A program in it does not run in the domain that it has on the host.
	Container *Container   `json:"container,omitempty"`
	Format    audit.Format `json:"format"`
	// Line is the number, from 1, of the first line of the event in the input.
	Line      int64          `json:"line"`
	AVCs      []AVC          `json:"avcs,omitempty"`
	Errors    []SELinuxError `json:"errors,omitempty"`
	Changes   []ChangeRecord `json:"changes,omitempty"`
	Report    *SealertReport `json:"report,omitempty"`
	Symptom   *Symptom       `json:"symptom,omitempty"`
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

// An Inference is a value that the log shows only in part, and that was completed because one value alone fits.
type Inference struct {
	Field  string `json:"field"`         // tclass
	Logged string `json:"logged"`        // as it stands in the log
	Taken  string `json:"taken"`         // what was taken for it
	Cut    bool   `json:"cut,omitempty"` // the log has the beginning, not another word for it
}

// Malformed counts the malformed input of one kind.
type Malformed struct {
	Kind  string `json:"kind"`
	Count int64  `json:"count"`
	// Line and Sample are the number and the start of the first.
	Line   int64  `json:"line"`
	Sample string `json:"sample,omitempty"`
}

// A SealertReport is setroubleshoot's account of a denial, yielded where the denial
// itself is not in the input: SELinux is preventing /usr/sbin/nginx from
// name_bind access on the tcp_socket port 8081.
type SealertReport struct {
	// Program is the path or name of the program.
	Program string `json:"program,omitempty"`
	// SourceType is the type of the program, where the text has it.
	SourceType  string   `json:"source_type,omitempty"`
	Permissions []string `json:"permissions,omitempty"`
	Class       string   `json:"class,omitempty"`
	// Port is the port, Path the other target.
	Port uint16 `json:"port,omitempty"`
	Path string `json:"path,omitempty"`
	// SContext and TContext come from the Additional Information, if it is there.
	SContext string `json:"scontext,omitempty"`
	TContext string `json:"tcontext,omitempty"`
	Text     string `json:"text,omitempty"`
}

// A SELinuxError is a SELINUX_ERR or USER_SELINUX_ERR record: a refusal or a
// failure that is not a matter of one access vector, such as a typebounds
// violation, an invalid computed context or a refused transition; or the
// kernel's notice of an unknown netlink message, which it refuses without an
// AVC (security/selinux/hooks.c, selinux_nlmsg_lookup).
type SELinuxError struct {
	// User says that a program wrote it.
	User bool `json:"user,omitempty"`
	// Op is the operation: security_compute_av, security_compute_sid,
	// security_validate_transition, netlink_message ...
	Op     string `json:"op,omitempty"`
	Reason string `json:"reason,omitempty"` // of security_compute_av: bounds
	// Permissions are what security_compute_av took away.
	Permissions    []string `json:"permissions,omitempty"`
	SContext       string   `json:"scontext,omitempty"`
	TContext       string   `json:"tcontext,omitempty"`
	TClass         string   `json:"tclass,omitempty"`
	InvalidContext string   `json:"invalid_context,omitempty"`
	OldContext     string   `json:"oldcontext,omitempty"`
	NewContext     string   `json:"newcontext,omitempty"`
	TaskContext    string   `json:"taskcontext,omitempty"`
	// Fields are all others.
	Fields []Field `json:"fields,omitempty"`
	Text   string  `json:"text,omitempty"`
}

// A DenialSignature has the fields that equal denials share: everything that a verdict
// or a fix depends on, and nothing that only one occurrence has.
type DenialSignature struct {
	Result      audit.Result `json:"result"`
	User        bool         `json:"user,omitempty"`
	SourceType  string       `json:"source_type"`
	TargetType  string       `json:"target_type"`
	Class       string       `json:"class"`
	Permissions string       `json:"permissions"` // in the order of the log, with a blank between
	// Port is that of [AVC.Port].
	Port uint16 `json:"port,omitempty"`
	// Object is the module that is asked for, and "socket:[*]" or "pipe:[*]" for
	// one that was inherited. Files that have a label in common are no two causes:
	// their names are [Group.Objects].
	Object     string `json:"object,omitempty"`
	Netif      string `json:"netif,omitempty"`
	Capability int    `json:"capability"` // -1 if it is not about one
	// Command is the ioctl command or the type of a netlink message, "ioctl 0x8927"
	// or "nlmsg 16": rules may refuse one of them alone.
	Command string `json:"command,omitempty"`
	// Levels are the levels of source and target where they differ: with them a
	// constraint may refuse what another instance of the same types may.
	Levels string `json:"levels,omitempty"`
}

// A Sockaddr is a SOCKADDR record: the address that a process passed to bind,
// connect, sendto and the like.
type Sockaddr struct {
	// Family is inet, inet6, unix, netlink, vsock, packet, unspec ..., or the
	// number of the family if it has no name here.
	Family string `json:"family"`
	// Addr is the address of inet and inet6; a scope id of IPv6 is its zone.
	Addr netip.Addr `json:"addr,omitzero"`
	// Port is that of inet, inet6 and vsock.
	Port uint32 `json:"port,omitempty"`
	// Path is that of a unix socket; without the NUL byte if Abstract.
	Path     string `json:"path,omitempty"`
	Abstract bool   `json:"abstract,omitempty"`
	// PID and Groups are those of netlink: the port id and the multicast groups.
	PID    uint32 `json:"nl_pid,omitempty"`
	Groups uint32 `json:"nl_groups,omitempty"`
	// CID is the context id of vsock.
	CID uint32 `json:"cid,omitempty"`
	// Raw are the bytes, in hexadecimal digits, of a family that is not decoded
	// and of an address too short for its family.
	Raw string `json:"raw,omitempty"`
}

// LogStats says what became of the input. It grows while the events are read.
type LogStats struct {
	Lines int64 `json:"lines"`
	Bytes int64 `json:"bytes"`
	// Events is how many were yielded.
	Events int64 `json:"events"`
	// Denied and Granted are AVC and USER_AVC records, Errors SELINUX_ERR
	// records, Changes MAC_* records and notices; Reports and Symptoms are those
	// that were yielded.
	Denied   int64 `json:"denied"`
	Granted  int64 `json:"granted"`
	Errors   int64 `json:"errors"`
	Changes  int64 `json:"changes"`
	Reports  int64 `json:"reports"`
	Symptoms int64 `json:"symptoms"`
	// Other are audit records of types that say nothing about SELinux, and
	// Foreign records of other security modules (AppArmor, Smack).
	Other   int64 `json:"other"`
	Foreign int64 `json:"foreign"`
	// Duplicates are AVCs and reports left out because the same text came
	// before by another way: the journal has a denial of its own and in the
	// kernel's log, and setroubleshoot repeats it.
	Duplicates int64 `json:"duplicates"`
	// Early are the AVCs of events before Options.Since, which were left out.
	Early int64 `json:"early,omitempty"`
	// Unrecognised are lines that are nothing of the above.
	Unrecognised int64 `json:"unrecognised"`
	// Lost counts the notices that records were lost: suppressed, over the rate
	// limit, or the backlog full. Denials may be missing.
	Lost int64 `json:"lost"`
	// LostRecords is how many were lost as far as the notices tell: what the last
	// audit_lost= counts, and what was suppressed. It is a lower bound.
	LostRecords int64 `json:"lost_records,omitempty"`
	// Malformed has one entry for each kind that occurred, in a fixed order.
	Malformed []Malformed `json:"malformed,omitempty"`
}

// A Symptom is a refusal that a program, or strace, has logged itself: EACCES
// from a network operation. It may have another cause than SELinux (file
// modes of a unix socket, a privileged port, seccomp, a packet filter that
// rejects). What the line does not say is empty.
type Symptom struct {
	// Program is haproxy, nginx, httpd, sshd ..., from the line or its header.
	Program string `json:"program,omitempty"`
	PID     int    `json:"pid,omitempty"`
	// Operation is connect, bind, listen, accept, send, recv, create, another
	// system call on sockets that strace shows; execute for a program that systemd
	// could not start; or "" where the line is about the network, or a bus, and does
	// not say what was refused.
	Operation string `json:"operation,omitempty"`
	// Protocol is tcp, udp, sctp, unix, netlink, dbus, file or "".
	Protocol string     `json:"protocol,omitempty"`
	Addr     netip.Addr `json:"addr,omitzero"`
	// Host is the name, where the line has no address.
	Host string `json:"host,omitempty"`
	Port uint16 `json:"port,omitempty"`
	// PortDefault says that the line has no port, and Port is the usual one of Service.
	PortDefault bool `json:"port_default,omitempty"`
	// Service names the service that the program wanted to reach, where the line says so: mysql.
	Service string `json:"service,omitempty"`
	Path    string `json:"path,omitempty"` // of a unix socket, or of a file to be executed
	// Backend and Server are haproxy's names for what it connected to, Frontend
	// that for what it bound.
	Backend  string `json:"backend,omitempty"`
	Server   string `json:"server,omitempty"`
	Frontend string `json:"frontend,omitempty"`
	// Errno is EACCES; "" where the line tells of a refusal without its reason.
	Errno string `json:"errno,omitempty"`
	Text  string `json:"text"`
	// Strace says that it is a line of strace.
}

// A Syscall is a SYSCALL record, or a URINGOP record for what a process asked
// of an io_uring.
type Syscall struct {
	// Arch is x86_64, i386, aarch64 ...; the number as logged if not known.
	Arch   string `json:"arch,omitempty"`
	Number int    `json:"number"`
	// Name is "" if the table of the architecture has no such number. For
	// socketcall it is the call that its first argument chooses.
	Name string `json:"name,omitempty"`
	// URing says that Number is an operation of io_uring, not a system call.
	URing bool `json:"uring,omitempty"`
	// Success is nil where the record does not say.
	Success *bool `json:"success,omitempty"`
	Exit    int64 `json:"exit"`
	// Errno is the name of the error that the call returned, "" for none.
	Errno string `json:"errno,omitempty"`
	// Args are a0 to a3; those of an interpreted record that are not numbers
	// are 0.
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
