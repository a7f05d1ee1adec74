package policytest

import (
	"fmt"
	"strings"
)

// An iniSection is a section of a file of sechecker.
type iniSection struct {
	name   string
	line   int
	values map[string]iniValue
}

type iniValue struct {
	text string
	line int
}

// isINI reports whether a text begins with a section, as files of sechecker do.
func isINI(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' && line[0] != ';' {
			return line[0] == '['
		}
	}
	return false
}

// parseINI reads sections as Python's configparser does: a line that begins with # or ; is a
// comment, an indented line continues the value before it, and names are in lower case. The options
// in [DEFAULT] apply to all sections. Interpolation (%) is not supported.
func parseINI(text string) (list []*iniSection, err error) {
	defaults := make(map[string]iniValue)
	var section *iniSection
	known := make(map[string]bool)
	key, indent, n := "", 0, 0
	for raw := range strings.Lines(text) {
		n++
		line := strings.TrimSpace(raw)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		column := len(raw) - len(strings.TrimLeft(raw, " \t"))
		values := defaults
		if section != nil {
			values = section.values
		}
		switch {
		case key != "" && column > indent:
			v := values[key]
			v.text += "\n" + line
			values[key] = v
			continue
		case line[0] == '[':
			name, _, ok := strings.Cut(line[1:], "]")
			if !ok || name == "" || known[name] {
				return nil, fmt.Errorf("line %d: %.60q is not a new section", n, line)
			}
			known[name], key = true, ""
			if section = nil; name != "DEFAULT" {
				section = &iniSection{name, n, make(map[string]iniValue)}
				list = append(list, section)
			}
			indent = column
			continue
		}
		i := strings.IndexAny(line, "=:")
		if i <= 0 || section == nil && !known["DEFAULT"] {
			return nil, fmt.Errorf("line %d: %.60q is not NAME = VALUE, or not in a section", n, line)
		}
		key, indent = strings.ToLower(strings.TrimSpace(line[:i])), column
		if _, twice := values[key]; twice {
			return nil, fmt.Errorf("line %d: %s is twice in one section", n, key)
		}
		values[key] = iniValue{strings.TrimSpace(line[i+1:]), n}
	}
	for _, s := range list {
		for key, v := range defaults {
			if _, own := s.values[key]; !own {
				s.values[key] = v
			}
		}
		for key, v := range s.values {
			if strings.Contains(v.text, "%") {
				return nil, fmt.Errorf("line %d: %s: values with %% are not supported", v.line, key)
			}
		}
	}
	return list, nil
}

// checksOf makes tests from the sections of a file of sechecker. It skips the disabled ones.
func checksOf(text string) (tests []Test, err error) {
	sections, err := parseINI(text)
	if err != nil {
		return nil, err
	}
	disabled := 0
	for _, s := range sections {
		t := Test{Name: s.name, Line: s.line, Check: &Check{}}
		if err := t.check(s); err != nil {
			return nil, err
		}
		if s.values["disable"].text != "" {
			disabled++
			continue
		}
		tests = append(tests, t)
	}
	if len(tests) == 0 && disabled == 0 {
		return nil, fmt.Errorf("there are no tests")
	}
	return tests, nil
}

// check reads a section.
func (t *Test) check(s *iniSection) error {
	c := t.Check
	t.Kind = Kind(s.values["check_type"].text)
	single := map[string]*string{"source": &c.Source, "target": &c.Target}
	lists := map[string]*[]string{
		"exempt_source": &c.ExemptSource, "exempt_target": &c.ExemptTarget,
		"expect_source": &c.ExpectSource, "expect_target": &c.ExpectTarget,
	}
	switch t.Kind {
	case OnlyRules:
		lists["tclass"], lists["perms"] = &c.Classes, &c.Perms
	case OnlyRoleRules:
	case ReadOnlyPrograms:
		single, lists = nil, map[string]*[]string{
			"exempt_write_domain": &c.ExemptWrite, "exempt_exec_domain": &c.ExemptExec, "exempt_file": &c.ExemptFile,
		}
	case ReadOnlyModules:
		single, lists = nil, map[string]*[]string{
			"exempt_write_domain": &c.ExemptWrite, "exempt_load_domain": &c.ExemptExec, "exempt_file": &c.ExemptFile,
		}
	case "empty_typeattr":
		t.Kind = Empty
		single, lists = nil, map[string]*[]string{"attr": &t.Domains}
		c.MissingOK = isTrue(s.values["missing_ok"].text)
	default:
		return fmt.Errorf("line %d: [%s]: check_type %q is not assert_te, assert_rbac, empty_typeattr, ro_execs "+
			"or ro_kmods", s.line, s.name, t.Kind)
	}
	for key, v := range s.values {
		switch one, list := single[key], lists[key]; {
		case one != nil:
			*one = v.text
		case list != nil:
			*list = strings.Fields(v.text)
		case key == "check_type" || key == "desc" || key == "disable":
		case key == "missing_ok" && t.Kind == Empty:
		default:
			return fmt.Errorf("line %d: [%s]: %s has no option %s", v.line, s.name, t.Kind, key)
		}
	}
	nothing := c.Source == "" && c.Target == "" && c.Classes == nil && c.Perms == nil
	if (t.Kind == OnlyRules || t.Kind == OnlyRoleRules) && nothing {
		return fmt.Errorf("line %d: [%s]: it needs source, target, tclass or perms", s.line, s.name)
	}
	if t.Kind == Empty && len(t.Domains) != 1 {
		return fmt.Errorf("line %d: [%s]: attr has no name", s.line, s.name)
	}
	return nil
}

func isTrue(text string) bool {
	text = strings.ToLower(text)
	return text == "yes" || text == "true" || text == "1"
}
