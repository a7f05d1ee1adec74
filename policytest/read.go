package policytest

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/yaml"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
)

// MaxSize is the size limit of a file in bytes.
const MaxSize = 16 << 20

// Read reads a file of tests. name is the name of the file for errors.
func Read(name string, r io.Reader) (*File, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(text) > MaxSize {
		return nil, fmt.Errorf("%s: %w: more than %d bytes", name, ErrInvalid, MaxSize)
	}
	f := &File{Name: name, Dir: filepath.Dir(name)}
	if isINI(string(text)) {
		if f.Tests, err = checksOf(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w: %w", name, ErrInvalid, err)
		}
		f.States = []State{{}}
		return f, nil
	}
	top, more, err := yaml.Parse(string(text))
	switch {
	case err != nil:
	case top == nil || top.Null():
		err = fmt.Errorf("the file is empty")
	case more > 0:
		err = fmt.Errorf("line %d: more than one document", more)
	default:
		var e each
		if err = top.Each(func(key string, value *yaml.Node) error { return f.fill(&e, key, value) }); err == nil {
			err = f.multiply(&e)
		}
	}
	if err == nil && len(f.Tests) == 0 {
		err = fmt.Errorf("there are no tests")
	}
	if err == nil {
		err = f.known()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", name, ErrInvalid, err)
	}
	return f, nil
}

func (f *File) fill(e *each, key string, value *yaml.Node) error {
	switch key {
	case "for_each":
		return value.Each(e.fill)
	case "states":
		return value.Elements(key, f.state)
	case "tests":
		return value.Elements(key, f.test)
	}
	return value.Fail("field %s is not known", key)
}

// test reads one test: one key says its kind.
func (f *File) test(item *yaml.Node) error {
	t := Test{Line: item.Line()}
	var do, ports string
	err := item.Each(func(key string, value *yaml.Node) (err error) {
		switch kind := Kind(key); kind {
		case May, MayNot, Only, ListensOnly, Exactly, NobodyBut, Neverallow, Empty:
			if t.Kind != "" {
				return value.Fail("%s and %s in one test", t.Kind, key)
			}
			t.Kind = kind
			return t.subject(value)
		}
		if kind := readOnlyKind(key); kind != "" {
			if t.Kind != "" {
				return value.Fail("%s and %s in one test", t.Kind, key)
			}
			t.Kind, t.Check = kind, &Check{}
			if value.Null() {
				return nil
			}
			return value.Each(t.Check.programs)
		}
		switch key {
		case "name":
			return value.Word(&t.Name)
		case "enforcing":
			t.Enforcing, err = value.OnOff()
			return err
		case "in":
			t.In, err = value.Words()
			return err
		case "may_do":
			return value.Word(&do)
		case "ports":
			return value.Word(&ports)
		}
		return value.Fail("field %s is not known", key)
	})
	if err == nil {
		err = t.complete(item, do, ports)
	}
	f.Tests = append(f.Tests, t)
	return err
}

// readOnlyKind is the kind that a key of a file asks for, "" for other keys.
func readOnlyKind(key string) Kind {
	switch key {
	case "read_only_programs":
		return ReadOnlyPrograms
	case "read_only_modules":
		return ReadOnlyModules
	}
	return ""
}

// programs reads the exemptions.
func (c *Check) programs(key string, value *yaml.Node) (err error) {
	lists := map[string]*[]string{
		"exempt_files": &c.ExemptFile, "exempt_users": &c.ExemptExec, "exempt_writers": &c.ExemptWrite,
	}
	list := lists[key]
	if list == nil {
		return value.Fail("field %s is not known", key)
	}
	*list, err = value.Words()
	return err
}

// subject reads the value of the key that tells the kind: a word or several.
func (t *Test) subject(value *yaml.Node) error {
	words, err := value.Words()
	if err != nil {
		return err
	}
	for _, w := range words {
		switch t.Kind {
		case May, MayNot:
			o, err := parseOperation(w)
			if err != nil {
				return value.Fail("%v", err)
			}
			t.Operations = append(t.Operations, o)
		case Neverallow:
			list, err := parseAssertions(w)
			if err != nil {
				return value.Fail("%v", err)
			}
			t.Rules = append(t.Rules, list...)
		default:
			t.Domains = append(t.Domains, w)
		}
	}
	return nil
}

// complete reads the other fields of the kind and gives the test a name.
func (t *Test) complete(item *yaml.Node, do, ports string) (err error) {
	needsDeed := t.Kind == Only || t.Kind == Exactly || t.Kind == NobodyBut
	switch {
	case t.Kind == "":
		return item.Fail("none of may, may_not, only, listens_only, exactly, nobody_but, neverallow, empty, " +
			"read_only_programs, read_only_modules")
	case needsDeed && do == "":
		return item.Fail("%s needs the field may_do, such as: bind tcp", t.Kind)
	case !needsDeed && do != "":
		return item.Fail("%s does not take the field may_do", t.Kind)
	case t.Enforcing && (t.Check != nil || t.Kind == Neverallow || t.Kind == Empty):
		return item.Fail("%s does not take the field enforcing", t.Kind)
	case t.Kind != Exactly && ports != "":
		return item.Fail("%s does not take the field ports", t.Kind)
	case t.Check == nil && len(t.Operations)+len(t.Domains)+len(t.Rules) == 0 && t.Kind != NobodyBut && t.Kind != Only:
		return item.Fail("%s names nothing", t.Kind)
	}
	if needsDeed {
		if t.Do, err = parseDeed(do); err != nil {
			return item.Fail("%v", err)
		}
	}
	if t.Kind == Exactly {
		if !t.Do.All {
			return item.Fail("exactly needs the ports in the field ports, as in may_do: bind tcp")
		}
		if t.Ports, err = parsePorts(ports); err != nil {
			return item.Fail("%v", err)
		}
	}
	if t.Name == "" {
		t.Name = t.expects(do, ports)
	}
	return nil
}

// expects describes a test in words, for its name.
func (t *Test) expects(do, ports string) string {
	var words []string
	for _, o := range t.Operations {
		words = append(words, o.String())
	}
	for _, a := range t.Rules {
		words = append(words, a.String())
	}
	words = append(words, t.Domains...)
	switch t.Kind {
	case ReadOnlyPrograms:
		return "no domain can write programs"
	case ReadOnlyModules:
		return "no domain can write modules of the kernel"
	}
	text := string(t.Kind) + " " + strings.Join(words, ", ")
	if do != "" {
		text += ": " + do
	}
	if ports != "" {
		text += " " + ports
	}
	if t.Enforcing {
		text += " as if enforcing"
	}
	return strings.TrimSpace(text)
}

// parseOperation reads "haproxy_t connect tcp/443".
func parseOperation(text string) (Operation, error) {
	subject, deed, ok := strings.Cut(strings.TrimSpace(text), " ")
	if !ok {
		return Operation{}, fmt.Errorf("%q is not SUBJECT ACTION TARGET, such as haproxy_t connect tcp/443", text)
	}
	d, err := parseDeed(deed)
	if err == nil && d.All {
		err = fmt.Errorf("%q names no port", text)
	}
	return Operation{subject, d}, err
}

// parseDeed reads "bind tcp/22" or "bind tcp".
func parseDeed(text string) (Deed, error) {
	action, target, ok := strings.Cut(strings.TrimSpace(text), " ")
	d := Deed{Operation: network.Operation(action)}
	if !ok || !slices.Contains(network.Operations(), d.Operation) {
		return d, fmt.Errorf("%q is not ACTION TARGET, such as bind tcp/22; actions are %v", text, network.Operations())
	}
	target = strings.TrimSpace(target)
	if p := network.Protocol(target); senet.CheckProtocol(p) == nil {
		d.All, d.Target = true, senet.Target{Protocol: p, Ports: portset.Range{High: 65535}}
		return d, nil
	}
	var err error
	d.Target, err = senet.ParseTarget(target, "")
	return d, err
}

// parsePorts reads "80, 443, 8000-8010"; an empty text has no port.
func parsePorts(text string) (portset.Set, error) {
	var ranges []portset.Range
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		low, high, both := strings.Cut(part, "-")
		if !both {
			high = low
		}
		a, err1 := strconv.ParseUint(low, 10, 16)
		b, err2 := strconv.ParseUint(high, 10, 16)
		if err1 != nil || err2 != nil || a > b {
			return nil, fmt.Errorf("%q is not a port or a range of ports", part)
		}
		ranges = append(ranges, portset.Range{Low: uint16(a), High: uint16(b)})
	}
	return portset.Of(ranges...), nil
}
