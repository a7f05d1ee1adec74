package statefile

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/senet-selinux/senet/semanage"
)

// Of returns a file that names the given records, of each kind by key. Of several
// with one key the last counts. Only those of [Kinds] are in it.
func Of(records []semanage.Record) *State {
	counts := make(map[semanage.Key]semanage.Record)
	for _, r := range records {
		counts[r.Key()] = r
	}
	list := slices.Collect(maps.Values(counts))
	slices.SortFunc(list, func(a, b semanage.Record) int { return strings.Compare(a.Key().String(), b.Key().String()) })
	s := &State{}
	for _, r := range list {
		s.add(r)
	}
	return s
}

func (s *State) add(r semanage.Record) {
	switch r := r.(type) {
	case semanage.Port:
		_, port, _ := strings.Cut(r.Key().String(), "/")
		s.Ports = append(s.Ports, Port{Type: r.Context.Type, Proto: r.Protocol.String(), Port: Scalar(port), Range: r.Context.Range})
	case semanage.Boolean:
		if s.Booleans == nil {
			s.Booleans = make(map[string]bool)
		}
		s.Booleans[r.Name] = r.On
	case semanage.Node:
		s.Nodes = append(s.Nodes, Node{Type: r.Context.Type, Address: r.Addr.String(), Mask: r.Mask.String(), Range: r.Context.Range})
	case semanage.Interface:
		s.Interfaces = append(s.Interfaces, Interface{Type: r.Context.Type, Name: r.Name, Range: r.Context.Range})
	}
}

// Write writes the file as YAML, which [Read] reads.
func (s *State) Write(w io.Writer) error {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(s); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
