package doc

import ()

// PortList is the document of senet port list --json: schema senet.port/1.
type PortList struct {
	Schema string `json:"schema"`
	Action string `json:"action"`
	// Store is the store's name; Policy is the policy's path if no store was read.
	Store   string       `json:"store,omitempty"`
	Policy  string       `json:"policy,omitempty"`
	Records []ListedPort `json:"records"`
	// Labels has every requested port once, with the record that labels it.
	Labels []ListedLabel `json:"labels"`
}

// A ListedPort is a record with the ports that it labels.
type ListedPort struct {
	Record
	// Labels has the ports of the record that no earlier record has.
	Labels PortSet `json:"labels"`
}

// A ListedLabel is a range of ports with the record that labels it, and the records that
// do not.
type ListedLabel struct {
	Protocol string `json:"protocol"`
	PortLabel
	Local bool     `json:"local"`
	Hides []Record `json:"hides"`
}

// RecordList is the output of list with --json: schema senet.node/1 and
// senet.interface/1.
type RecordList struct {
	Schema  string   `json:"schema"`
	Action  string   `json:"action"`
	Store   string   `json:"store,omitempty"`
	Policy  string   `json:"policy,omitempty"`
	Records []Record `json:"records"`
}

// BoolList is the document of senet bool list --json: schema senet.bool/1.
type BoolList struct {
	Schema   string       `json:"schema"`
	Action   string       `json:"action"`
	Store    string       `json:"store,omitempty"`
	Policy   string       `json:"policy,omitempty"`
	Booleans []ListedBool `json:"booleans"`
}

// A ListedBool is a boolean with its values.
type ListedBool struct {
	Name    string `json:"name"`
	On      bool   `json:"on"`      // as stored
	Default *bool  `json:"default"` // the policy's default, null if no store has it
	Live    *bool  `json:"live"`    // in the running kernel, null if there is none
	Local   bool   `json:"local"`
	// Description tells the purpose of the boolean, from the policy's documentation; absent if unknown.
	Description string `json:"description,omitempty"`
	// Effects are the effects of the other value, if only one boolean was asked for.
	Effects []Effect `json:"effects_of_other_value,omitempty"`
}
