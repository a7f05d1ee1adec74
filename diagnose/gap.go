package diagnose

import "slices"

// A Gap is something that the policy does not have, or that a record or a line
// does not say.
type Gap struct {
	Kind GapKind
	// Name is that of a type, a context, a permission, a program or a path, as the
	// kind says; Class is the class of a permission.
	Name, Class string
}

// A GapKind is the kind of a gap.
type GapKind string

// What the policy does not have.
const (
	NoType       GapKind = "type"       // Name
	NoSource     GapKind = "source"     // the source context Name; "" where the record has none
	NoTarget     GapKind = "target"     // the target context Name; "" where the record has none
	NoTask       GapKind = "task"       // the context Name of the process; "" where the record has none
	NoPermission GapKind = "permission" // the permission Name, a number, of Class
	// NotReal is a class, or a permission Name of Class, that no kernel and no known
	// program has: the record is damaged, or of a policy with classes of its own.
	NotReal GapKind = "name"
	// Cut is a class whose name was cut; Name is the beginning that the record has. Class is the
	// only one that fits, and the policy allows what was refused.
	Cut GapKind = "cut"
)

// What a line does not say.
const (
	NoProgram   GapKind = "program"
	NoDomain    GapKind = "domain" // that the program Name runs in
	NoOperation GapKind = "operation"
	NoProtocol  GapKind = "protocol"
	NoPort      GapKind = "port"
	NoPeer      GapKind = "peer" // the label of the UNIX socket Name, or of its maker
	// NoContainerDomain is the domain of a program in the container Name, which is
	// not the one that it has on the host.
	NoContainerDomain GapKind = "container"
	NoDirectory       GapKind = "directory" // the label of the directory Name of a UNIX socket
	NoFile            GapKind = "file"      // the label of the file Name, which is a program
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

// Explained reports whether all that is open is the port: the rights of the domain are known then.
func (d *SymptomDiagnosis) Explained() bool {
	return d.Verdict != UnknownHere || len(d.Missing) == 1 && d.Missing[0].Kind == NoPort
}
