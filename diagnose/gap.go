package diagnose

import "slices"

// A Gap is a name that the policy lacks, or a fact that a record or a line lacks.
type Gap struct {
	Kind GapKind
	// Name is the name of a type, a context, a permission, a program or a path, depending on the
	// kind; Class is the class of a permission.
	Name, Class string
}

// A GapKind is the kind of a gap.
type GapKind string

// Names that the policy lacks.
const (
	NoType       GapKind = "type"       // Name
	IsAttribute  GapKind = "attribute"  // Name is an attribute of the policy, and no type
	NoSource     GapKind = "source"     // the source context Name; "" if the record has none
	NoTarget     GapKind = "target"     // the target context Name; "" if the record has none
	Garbled      GapKind = "garbled"    // the context Name has no type that can be found: a copy damaged it
	NoTask       GapKind = "task"       // the context Name of the process; "" if the record has none
	NoPermission GapKind = "permission" // the permission Name, a number, of Class
	// NoLevel is the level Name of the record, where the policy grants the access between other levels.
	NoLevel GapKind = "level"
	// NotReal is a class, or a permission Name of Class, that no kernel and no known program has:
	// the record is damaged, or comes from a policy with its own classes.
	NotReal GapKind = "name"
	// Cut is a class whose name was cut off; Name is the part in the record. Class is the only one
	// that fits, and the policy allows the access.
	Cut GapKind = "cut"
	// NoClass is the class that the record lacks: files and directories differ here.
	NoClass GapKind = "class"
)

// entrypoint is the permission that the kernel asks for the domain which a program is started in, not for the one that
// starts it (security/selinux/hooks.c: selinux_bprm_creds_for_exec).
const entrypoint = "entrypoint"

// Facts that a line lacks.
const (
	NoProgram GapKind = "program"
	// NoDomain is the domain of the program Name; with Class [entrypoint], the one that it was to start a program in.
	NoDomain    GapKind = "domain"
	NoCaller    GapKind = "caller" // the domain of who started the program Name
	NoPlace     GapKind = "place"  // the directory of the file Name
	NoOperation GapKind = "operation"
	NoProtocol  GapKind = "protocol"
	NoPort      GapKind = "port"
	NoPeer      GapKind = "peer" // the label of the UNIX socket Name, or of its maker
	// NoContainerDomain is the domain of a program in the container Name, which differs from the
	// one that it has on the host.
	NoContainerDomain GapKind = "container"
	NoDirectory       GapKind = "directory" // the label of the directory Name of a UNIX socket
	NoFile            GapKind = "file"      // the label of the file Name; which file it was if it is ""
	NoRecord          GapKind = "record"    // the labels and the class of what was refused
	NotAnswered       GapKind = "question"  // the question has no answer, for the reason Name
)

// gap adds a gap once.
func (d *Diagnosis) gap(kind GapKind, name, class string) {
	if g := (Gap{kind, name, class}); !slices.Contains(d.Missing, g) {
		d.Missing = append(d.Missing, g)
	}
}

func (d *SymptomDiagnosis) gap(kind GapKind, name string) {
	d.Missing = append(d.Missing, Gap{Kind: kind, Name: name})
}

// Explained reports whether only the port is unknown: then the domain's access is known.
func (d *SymptomDiagnosis) Explained() bool {
	return d.Verdict != UnknownHere || len(d.Missing) == 1 && d.Missing[0].Kind == NoPort
}
