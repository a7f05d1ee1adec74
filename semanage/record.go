package semanage

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// Kind is a kind of local records.
type Kind int

// The kinds, in the order in which semanage export writes them.
const (
	Booleans Kind = iota
	Logins
	Interfaces
	Users
	Ports
	Nodes
	FileContexts
	Equivalences
	IBEndPorts
	IBPKeys
	kinds = iota
)

// kindInfo holds the properties of a kind besides its records.
type kindInfo struct {
	command string // the subcommand of semanage(8), but for equivalences
	file    string // in the active directory; of equivalences in /etc/selinux/TYPE/contexts/files
	parse   func(*scanner) (Record, error)
	// attribute is the type attribute that semanage requires of a record's
	// type, "" if none.
	attribute string
	// outside says that the kernel policy has none of it.
	outside bool
}

func (k Kind) info() kindInfo {
	switch k {
	case Booleans:
		return kindInfo{command: "boolean", file: "booleans.local", parse: parseBoolean}
	case Logins:
		return kindInfo{command: "login", file: "seusers.local", parse: parseLogin, outside: true}
	case Users:
		return kindInfo{command: "user", file: usersLocal, parse: parseUser}
	case FileContexts:
		return kindInfo{command: "fcontext", file: fileContextsLocal, parse: parseFileContext, outside: true}
	case Equivalences:
		return kindInfo{command: "equivalence", file: substitutions, parse: parseEquivalence, outside: true}
	case Interfaces:
		return kindInfo{command: "interface", file: "interfaces.local", parse: parseInterface}
	case Ports:
		return kindInfo{command: "port", file: "ports.local", parse: parsePort, attribute: "port_type"}
	case Nodes:
		return kindInfo{command: "node", file: "nodes.local", parse: parseNode, attribute: "node_type"}
	case IBEndPorts:
		return kindInfo{command: "ibendport", file: "ibendports.local", parse: parseIBEndPort,
			attribute: "ibendport_type"}
	case IBPKeys:
		return kindInfo{command: "ibpkey", file: "pkeys.local", parse: parseIBPKey, attribute: "ibpkey_type"}
	}
	return kindInfo{command: fmt.Sprintf("kind %d", int(k))}
}

// Kinds lists every kind, in the order of semanage export.
func Kinds() []Kind {
	return []Kind{Booleans, Logins, Interfaces, Users, Ports, Nodes, FileContexts, Equivalences, IBEndPorts, IBPKeys}
}

// InPolicy reports whether records of the kind are merged into the kernel policy. The
// others become files that programs read: seusers, file_contexts.local.
func (k Kind) InPolicy() bool { return !k.info().outside }

// labelled reports whether records of the kind have a context that the policy must have.
func (k Kind) labelled() bool {
	switch k {
	case Booleans, Logins, Users, Equivalences:
		return false
	}
	return true
}

// String returns the subcommand of semanage(8): "port", "boolean"; of equivalences,
// which fcontext -e changes, "equivalence".
func (k Kind) String() string { return k.info().command }

// File returns the name of the file of the local records: "ports.local".
func (k Kind) File() string { return k.info().file }

// A Key identifies a record among those of its kind. Keys are comparable.
type Key interface {
	Kind() Kind
	// String returns the key as an administrator writes it: "tcp/8080-8089".
	String() string
	// inPolicy returns the policy's own record of that key.
	inPolicy(p *policyNames) (Record, bool)
}

// A Record is a [Port], [Boolean], [Node], [Interface], [IBPKey], [IBEndPort],
// [Login], [User], [FileContext] or [Equivalence]. Records are values and comparable.
type Record interface {
	Kind() Kind
	Key() Key
	// String returns the line of the file of local records, without newline; of a user
	// the lines of both files.
	String() string

	// check refuses what no record may be.
	check() error
	// context returns the context that a change of type or range applies to.
	context() Context
	withContext(c Context) Record
	// exportLine appends the arguments with which semanage would make it.
	exportLine() string
}

// CheckRecord refuses a record that no file of local records can hold: what is out
// of range, or has blanks where a word is. Whether a policy has its type is not
// asked.
func CheckRecord(r Record) error {
	if err := r.check(); err != nil {
		return err
	}
	text := r.context().String()
	switch r := r.(type) {
	case Interface:
		text += r.Message.String()
	case FileContext:
		if r.Context == (Context{}) {
			return nil
		}
	}
	if strings.ContainsAny(text, blanks+"\x00") {
		return fmt.Errorf("%w: %q", ErrContext, text)
	}
	return nil
}

// ContextOf returns the context of a record, the zero one of a boolean.
func ContextOf(r Record) Context { return r.context() }

// contexts resolves contexts for merging, each distinct one once.
type contexts struct {
	names *policyNames
	known map[Context]policydb.Context
}

func (c *contexts) resolve(text Context) (policydb.Context, error) {
	if got, ok := c.known[text]; ok {
		return got, nil
	}
	got, err := c.names.context(text)
	if err == nil {
		if c.known == nil {
			c.known = map[Context]policydb.Context{}
		}
		c.known[text] = got
	}
	return got, err
}

// contextArgs are the arguments that name a type and a range.
func contextArgs(c Context) string {
	if c.Range == "" {
		return "-t " + c.Type
	}
	return "-t " + c.Type + " -r '" + c.Range + "'"
}
