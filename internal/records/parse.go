package records

import (
	"errors"
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

// A TwoValuesError says that a boolean is to be on and off.
type TwoValuesError struct{ Name string }

func (e *TwoValuesError) Error() string { return e.Name + " is given as both on and off" }

// ParseBooleans reads settings of booleans: texts of the form NAME=VALUE, or two texts NAME and VALUE.
// If on is not nil, each text is a name, and *on is its value. The error is a *[TwoValuesError] if a
// boolean is set both on and off.
func ParseBooleans(texts []string, on *bool) ([]semanage.Boolean, error) {
	if len(texts) == 2 && on == nil && !strings.Contains(texts[0]+texts[1], "=") {
		texts = []string{texts[0] + "=" + texts[1]}
	}
	var list []semanage.Boolean
	for _, text := range texts {
		b, err := parseBoolean(text, on)
		if err != nil {
			return nil, err
		}
		for _, other := range list {
			if other.Name == b.Name && other.On != b.On {
				return nil, &TwoValuesError{b.Name}
			}
		}
		list = append(list, b)
	}
	return list, nil
}

func parseBoolean(text string, on *bool) (b semanage.Boolean, err error) {
	name, value, valued := strings.Cut(text, "=")
	switch {
	case on != nil && valued:
		return b, fmt.Errorf("%s: a name without a value is needed, because the value is given for all", text)
	case on != nil:
		return semanage.Boolean{Name: text, On: *on}, nil
	case !valued:
		return b, fmt.Errorf("%s: on or off?", text)
	}
	b.Name = name
	if b.On, valued = semanage.ParseOnOff(value); !valued {
		err = fmt.Errorf("%s: %q is neither on nor off", text, value)
	}
	return b, err
}

// Errors that a [PortTextError] may wrap: of a protocol that has no ports in policies, and of a
// text that names another protocol than the one that is wanted.
var (
	ErrProtocol      = errors.New("unknown protocol")
	ErrOtherProtocol = errors.New("another protocol is wanted")
)

// A PortTextError says which text is no port. It reads as Err does.
type PortTextError struct {
	Text string
	Err  error
}

func (e *PortTextError) Error() string { return e.Err.Error() }

func (e *PortTextError) Unwrap() error { return e.Err }

// ParsePort reads PORT, LO-HI or PROTOCOL/PORT. proto is the protocol of a text that names none;
// if that is "" as well, the protocol of the key is 0. The error is a *[PortTextError].
func ParsePort(text, proto string) (semanage.PortKey, error) {
	key, err := parsePort(text, proto)
	if err != nil {
		return key, &PortTextError{text, err}
	}
	return key, nil
}

func parsePort(text, proto string) (key semanage.PortKey, err error) {
	ports := text
	if before, after, ok := strings.Cut(text, "/"); ok {
		if proto != "" && proto != before {
			return key, fmt.Errorf("port %s: %w: %s", text, ErrOtherProtocol, proto)
		}
		proto, ports = before, after
	}
	if proto != "" {
		if key.Protocol, err = semanage.ParseProtocol(proto); err != nil {
			return key, fmt.Errorf("%w %q", ErrProtocol, proto)
		}
	}
	key.Low, key.High, err = semanage.ParsePorts(ports)
	return key, err
}

// ParsePorts reads ports as [ParsePort] does, to search for them: a text without a protocol stands
// for all protocols. Without a text it returns all ports of proto, nil if that is "".
func ParsePorts(texts []string, proto string) (keys []semanage.PortKey, err error) {
	if len(texts) == 0 && proto != "" {
		texts = []string{"0-65535"}
	}
	for _, text := range texts {
		key, err := ParsePort(text, proto)
		if err != nil {
			return nil, err
		}
		if key.Protocol != 0 {
			keys = append(keys, key)
			continue
		}
		for _, p := range Protocols() {
			key.Protocol = p
			keys = append(keys, key)
		}
	}
	return keys, nil
}
