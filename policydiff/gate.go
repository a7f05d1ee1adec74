package policydiff

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/impact"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
)

// PortLines returns the gains and losses of ports, one a line, in the format of [ParseAccepted]:
// "haproxy_t gains connect tcp/5601,8000-8100".
func (r *Report) PortLines() []string {
	var out []string
	for i := range r.Ports {
		e := &r.Ports[i]
		for _, part := range []struct {
			verb string
			list []reach.DomainPorts
		}{{"gains", e.Gain}, {"loses", e.Lose}} {
			for _, d := range part.list {
				ports := make([]string, len(d.Ports))
				for k, p := range d.Ports {
					ports[k] = p.String()
				}
				set := strings.Join(ports, ",")
				out = append(out, fmt.Sprintf("%s %s %s %s/%s", d.Domain, part.verb, e.Operation, e.Protocol, set))
			}
		}
	}
	return out
}

// Accepted are gains and losses of ports that a reviewer has accepted.
type Accepted map[acceptedKey]portset.Set

type acceptedKey struct{ domain, verb, op, protocol string }

// ParseAccepted reads lines of PortLines. It skips empty lines and the text after #. The error
// names the line.
func ParseAccepted(text string) (Accepted, error) {
	a := make(Accepted)
	n := 0
	for line := range strings.Lines(text) {
		n++
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		protocol, ports, ok := strings.Cut(fields[len(fields)-1], "/")
		if len(fields) != 4 || !ok || fields[1] != "gains" && fields[1] != "loses" {
			return nil, fmt.Errorf("line %d: not of the form DOMAIN gains|loses OPERATION PROTOCOL/PORTS", n)
		}
		k := acceptedKey{fields[0], fields[1], fields[2], protocol}
		for text := range strings.SplitSeq(ports, ",") {
			r, err := parsePorts(text)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			a[k] = a[k].Union(portset.Set{r})
		}
	}
	return a, nil
}

func parsePorts(text string) (portset.Range, error) {
	low, high, two := strings.Cut(text, "-")
	if !two {
		high = low
	}
	l, err := port(low)
	if err != nil {
		return portset.Range{}, err
	}
	h, err := port(high)
	if err == nil && h < l {
		err = fmt.Errorf("ports %s: the first port is greater than the last", text)
	}
	return portset.Range{Low: l, High: h}, err
}

// Without removes the accepted ports.
func (r *Report) Without(a Accepted) {
	var left []impact.Effect
	for _, e := range r.Ports {
		e.Gain, e.Lose = a.leave(e.Gain, "gains", &e), a.leave(e.Lose, "loses", &e)
		if len(e.Gain)+len(e.Lose) > 0 {
			left = append(left, e)
		}
	}
	r.Ports = left
}

func (a Accepted) leave(list []reach.DomainPorts, verb string, e *impact.Effect) []reach.DomainPorts {
	left := []reach.DomainPorts{}
	for _, d := range list {
		d.Ports = d.Ports.Minus(a[acceptedKey{d.Domain, verb, string(e.Operation), string(e.Protocol)}])
		if len(d.Ports) > 0 {
			left = append(left, d)
		}
	}
	return left
}
