package semanage

import (
	"fmt"
	"strings"
)

// An Interface labels a network interface.
type Interface struct {
	Name    string
	Context Context // of the interface
	Message Context // of packets; no kernel since 2.6.18 uses it
}

// An InterfaceKey identifies an [Interface]: its name.
type InterfaceKey string

// Kind returns [Interfaces].
func (InterfaceKey) Kind() Kind { return Interfaces }

func (k InterfaceKey) String() string { return string(k) }

func (k InterfaceKey) inPolicy(p *policyNames) (Record, bool) {
	for i := range p.db.OContexts.Netifs {
		if c := &p.db.OContexts.Netifs[i]; c.Name == string(k) {
			return Interface{c.Name, p.contextText(c.If), p.contextText(c.Packet)}, true
		}
	}
	return nil, false
}

// Kind returns [Interfaces].
func (Interface) Kind() Kind { return Interfaces }

// Key returns the [InterfaceKey].
func (i Interface) Key() Key { return InterfaceKey(i.Name) }

// String returns the line of interfaces.local.
func (i Interface) String() string {
	return "netifcon " + i.Name + " " + i.Context.String() + " " + i.Message.String()
}

func (i Interface) context() Context { return i.Context }

// withContext changes the interface's own context alone, as semanage does.
func (i Interface) withContext(c Context) Record { i.Context = c; return i }

func (i Interface) check() error { return checkWord(i.Name, "interface", 63) }

func (i Interface) exportLine() string { return "-a " + contextArgs(i.Context) + " " + i.Name }

// checkWord refuses names that a file of local records could not hold, or that
// are longer than limit bytes if there is a limit.
func checkWord(name, what string, limit int) error {
	if name == "" || strings.ContainsAny(name, blanks+"\x00=#'\"") {
		return fmt.Errorf("%w: %s name %q", ErrSyntax, what, name)
	}
	if limit > 0 && len(name) > limit {
		return fmt.Errorf("%w: %s name %q is longer than %d bytes", ErrRange, what, name, limit)
	}
	return nil
}

// parseInterface mirrors iface_parse.
func parseInterface(s *scanner) (Record, error) {
	if err := s.keyword("netifcon"); err != nil {
		return nil, err
	}
	name, err := s.word(' ')
	if err != nil {
		return nil, err
	}
	if len(name) > 63 {
		return nil, s.failWith(fmt.Errorf("%w: interface name longer than 63 bytes", ErrRange))
	}
	if err := s.space(); err != nil {
		return nil, err
	}
	i := Interface{Name: name}
	if i.Context, err = s.context(); err != nil {
		return nil, err
	}
	i.Message, err = s.context()
	return i, err
}
