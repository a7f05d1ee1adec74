package statefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrInvalid is wrapped by errors about the contents of a file.
var ErrInvalid = errors.New("not a state file")

// Schema names the form of a file.
const Schema = "senet.state/1"

// A State is the content of a file: schema senet.state/1, as which senet state export --json
// prints it.
type State struct {
	// Schema is senet.state/1, or is not given.
	Schema string `json:"schema,omitempty"`
	// Base is the state of the store that a plan was made from, nil in a file
	// that holds for any.
	Base       *Base           `json:"base,omitempty"`
	Ports      []Port          `json:"ports,omitempty"`
	Booleans   map[string]bool `json:"booleans,omitempty"`
	Nodes      []Node          `json:"nodes,omitempty"`
	Interfaces []Interface     `json:"interfaces,omitempty"`
	Users      []User          `json:"users,omitempty"`
	Logins     []Login         `json:"logins,omitempty"`
	// FileContexts are labels of files, Equivalences are paths with the labels of other paths.
	FileContexts []FileContext `json:"fcontexts,omitempty"`
	Equivalences []Equivalence `json:"equivalences,omitempty"`
	// Modules are modules of the policy, Permissive domains that are permissive.
	Modules    []Module     `json:"modules,omitempty"`
	Permissive []Permissive `json:"permissive,omitempty"`
	// Exclusive are the kinds whose local records are deleted if they are not in
	// the file: port, boolean, node, interface, user, login, fcontext, equivalence,
	// permissive, module.
	Exclusive []string `json:"exclusive,omitempty"`
}

// A Base identifies a state of a store.
type Base struct {
	Store  string `json:"store"`  // its name
	Commit int    `json:"commit"` // the number of the last transaction
	// Policy is the SHA-256 of the kernel policy, in lower-case hex.
	Policy string `json:"policy"`
}

// A Port is a port or a range of ports and its label.
type Port struct {
	Type  string `json:"type,omitempty"`
	Proto string `json:"proto"`
	Port  Scalar `json:"port"` // 5601, 8000-8010
	Range string `json:"range,omitempty"`
	State string `json:"state,omitempty"` // present (the default) or absent

	Line int `json:"-"` // 1-based, 0 if it is not known
}

// A Node is a network and its label.
type Node struct {
	Type    string `json:"type,omitempty"`
	Address string `json:"address"` // 10.0.0.0/8, or an address with Mask
	Mask    string `json:"mask,omitempty"`
	Range   string `json:"range,omitempty"`
	State   string `json:"state,omitempty"`

	Line int `json:"-"`
}

// An Interface is a network interface and its label.
type Interface struct {
	Type  string `json:"type,omitempty"`
	Name  string `json:"name"`
	Range string `json:"range,omitempty"`
	State string `json:"state,omitempty"`

	Line int `json:"-"`
}

// A User is an SELinux user.
type User struct {
	Name   string `json:"name"`
	Roles  string `json:"roles,omitempty"` // separated by blanks
	Level  string `json:"level,omitempty"`
	Range  string `json:"range,omitempty"`
	Prefix string `json:"prefix,omitempty"`
	State  string `json:"state,omitempty"`

	Line int `json:"-"`
}

// A Login is a user of the system, a group with % before it, or __default__.
type Login struct {
	Name  string `json:"name"`
	User  string `json:"user,omitempty"`  // the SELinux user
	Range string `json:"range,omitempty"` // "" means that of the SELinux user
	State string `json:"state,omitempty"`

	Line int `json:"-"`
}

// A FileContext is the label of files.
type FileContext struct {
	Path  string `json:"path"`            // a regular expression
	Files string `json:"files,omitempty"` // the letter of fcontext -f, "" or a for all kinds
	Type  string `json:"type,omitempty"`  // <<none>> for no label
	User  string `json:"user,omitempty"`  // system_u if it is missing
	Range string `json:"range,omitempty"`
	State string `json:"state,omitempty"`

	Line int `json:"-"`
}

// An Equivalence is a directory whose files are labelled like those of another directory.
type Equivalence struct {
	Path  string `json:"path"`
	Like  string `json:"like,omitempty"`
	State string `json:"state,omitempty"`

	Line int `json:"-"`
}

// A Scalar is text that may be written as a number.
type Scalar string

// UnmarshalJSON accepts a string or a number.
func (s *Scalar) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] != '"' {
		var n json.Number
		if err := json.Unmarshal(text, &n); err != nil {
			return fmt.Errorf("%s is neither a number nor a string", text)
		}
		*s = Scalar(n)
		return nil
	}
	return json.Unmarshal(text, (*string)(s))
}

func absent(state string) (bool, error) {
	switch strings.ToLower(state) {
	case "", "present":
		return false, nil
	case "absent":
		return true, nil
	}
	return false, fmt.Errorf("%w: state %q is neither present nor absent", ErrInvalid, state)
}
