package statefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrInvalid is wrapped by errors about what a file says.
var ErrInvalid = errors.New("not a state file")

// A State is what a file says.
type State struct {
	// Base is the state of the store that a plan was made from, nil in a file
	// that holds for any.
	Base       *Base           `yaml:"base,omitempty" json:"base,omitempty"`
	Ports      []Port          `yaml:"ports,omitempty" json:"ports,omitempty"`
	Booleans   map[string]bool `yaml:"booleans,omitempty" json:"booleans,omitempty"`
	Nodes      []Node          `yaml:"nodes,omitempty" json:"nodes,omitempty"`
	Interfaces []Interface     `yaml:"interfaces,omitempty" json:"interfaces,omitempty"`
	// Exclusive are the kinds whose local records are deleted if they are not in
	// the file: port, boolean, node, interface.
	Exclusive []string `yaml:"exclusive,flow,omitempty" json:"exclusive,omitempty"`
}

// A Base identifies a state of a store.
type Base struct {
	Store  string `yaml:"store" json:"store"`   // its name
	Commit int    `yaml:"commit" json:"commit"` // the number of the last transaction
	// Policy is the SHA-256 of the kernel policy, in lower-case hex.
	Policy string `yaml:"policy" json:"policy"`
}

// A Port is a port or a range of ports and its label.
type Port struct {
	Type  string `yaml:"type,omitempty" json:"type,omitempty"`
	Proto string `yaml:"proto" json:"proto"`
	Port  Scalar `yaml:"port" json:"port"` // 5601, 8000-8010
	Range string `yaml:"range,omitempty" json:"range,omitempty"`
	State string `yaml:"state,omitempty" json:"state,omitempty"` // present, which is the default, or absent

	Line int `yaml:"-" json:"-"` // 1-based, 0 where it is not known
}

// A Node is a network and its label.
type Node struct {
	Type    string `yaml:"type,omitempty" json:"type,omitempty"`
	Address string `yaml:"address" json:"address"` // 10.0.0.0/8, or an address with Mask
	Mask    string `yaml:"mask,omitempty" json:"mask,omitempty"`
	Range   string `yaml:"range,omitempty" json:"range,omitempty"`
	State   string `yaml:"state,omitempty" json:"state,omitempty"`

	Line int `yaml:"-" json:"-"`
}

// An Interface is a network interface and its label.
type Interface struct {
	Type  string `yaml:"type,omitempty" json:"type,omitempty"`
	Name  string `yaml:"name" json:"name"`
	Range string `yaml:"range,omitempty" json:"range,omitempty"`
	State string `yaml:"state,omitempty" json:"state,omitempty"`

	Line int `yaml:"-" json:"-"`
}

// A Scalar is a text that may be written as a number.
type Scalar string

// UnmarshalJSON takes a string or a number.
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
