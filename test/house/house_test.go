// Package house holds ARCHITECTURE.md and the linter's rules against the packages that
// there are.
package house

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

const module = "github.com/senet-selinux/senet/"

// packages returns the imports inside the module of every package that is not only
// for tests, by path without the module's.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	list := make(map[string][]string)
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		name := short(p.ImportPath)
		if name == "test" || strings.HasPrefix(name, "test/") || name == "internal/testenv" ||
			strings.HasPrefix(name, "internal/testenv/") {
			continue
		}
		list[name] = nil
		for _, i := range p.Imports {
			if strings.HasPrefix(i+"/", module) {
				list[name] = append(list[name], short(i))
			}
		}
	}
}

// short is a path without the module's: "." for the root package.
func short(path string) string {
	if path+"/" == module {
		return "."
	}
	return strings.TrimPrefix(path, module)
}

// A room is one entry of ARCHITECTURE.md's table.
type room struct {
	name    string
	imports []string // nil where the entry has no arrow
	arrow   bool
}

// rooms reads the table, and the names between backquotes in the paragraph that
// begins with "Every room may import these packages".
func rooms(t *testing.T, list map[string][]string) (table []room, beside []string) {
	t.Helper()
	text, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```\n")
	block, rest, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatal("ARCHITECTURE.md has no table")
	}
	for line := range strings.Lines(block) {
		if !strings.HasPrefix(line, " ") {
			table = append(table, room{name: strings.Fields(line)[0]})
		}
		r := &table[len(table)-1]
		names := line
		if i := strings.LastIndex(line, "->"); i >= 0 {
			names = line[i+len("->"):]
			first := strings.TrimSpace(strings.Split(names, ",")[0])
			_, isPackage := list[first]
			r.arrow = isPackage || first == "nothing" // else it is an arrow in prose
		}
		if !r.arrow {
			continue
		}
		for _, name := range strings.Split(names, ",") {
			if name = strings.TrimSpace(name); name != "" && name != "nothing" {
				r.imports = append(r.imports, name)
			}
		}
	}
	_, paragraph, _ := strings.Cut(rest, "Every room may import these packages")
	paragraph, _, _ = strings.Cut(paragraph, "\n\n")
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(paragraph, -1) {
		beside = append(beside, m[1])
	}
	return table, beside
}

// TestArchitecture: every package has a place in ARCHITECTURE.md, every place a
// package; a room imports exactly the rooms that its arrow names, and only rooms
// below it. Every room may import the packages beside the table.
func TestArchitecture(t *testing.T) {
	list := packages(t)
	table, beside := rooms(t, list)
	place := make(map[string]int) // in the table
	for i, r := range table {
		if _, twice := place[r.name]; twice {
			t.Errorf("%s is in the table twice", r.name)
		}
		place[r.name] = i
		if _, ok := list[r.name]; !ok {
			t.Errorf("the table has %s, which is no package", r.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		i, ok := place[name]
		if !ok {
			if !slices.ContainsFunc(beside, func(b string) bool { return within(name, b) }) &&
				!insideRoom(table, name) {
				t.Errorf("ARCHITECTURE.md does not name %s", name)
			}
			continue
		}
		r := table[i]
		var used []string
		for _, imported := range list[name] {
			j, inTable := place[imported]
			switch {
			case !inTable: // beside the table, or a part of a room
				continue
			case j < i:
				t.Errorf("%s imports %s, which is above it", name, imported)
			case r.arrow && !slices.Contains(r.imports, imported):
				t.Errorf("%s imports %s; its arrow does not say so", name, imported)
			}
			used = append(used, imported)
		}
		for _, declared := range r.imports {
			if _, ok := list[declared]; !ok {
				t.Errorf("the arrow of %s names %s, which is no package", name, declared)
			} else if !slices.Contains(used, declared) && !throughPart(list, name, declared) {
				t.Errorf("%s does not import %s; its arrow says so", name, declared)
			}
		}
	}
}

// within reports whether a package is another or lies below it.
func within(name, other string) bool { return name == other || strings.HasPrefix(name, other+"/") }

// insideRoom reports whether a package is a part of a room of the table.
func insideRoom(table []room, name string) bool {
	return slices.ContainsFunc(table, func(r room) bool { return strings.HasPrefix(name, r.name+"/") })
}

// throughPart reports whether a part of a room imports what the room's arrow names.
func throughPart(list map[string][]string, name, imported string) bool {
	for part, imports := range list {
		if strings.HasPrefix(part, name+"/") && slices.Contains(imports, imported) {
			return true
		}
	}
	return false
}

// TestLinter: every package has a depguard rule that lists what it may import, but for
// the command line, which may import all of them.
func TestLinter(t *testing.T) {
	text, err := os.ReadFile("../../.golangci.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Linters struct {
			Settings struct {
				Depguard struct {
					Rules map[string]struct {
						Mode  string   `yaml:"list-mode"`
						Files []string `yaml:"files"`
					} `yaml:"rules"`
				} `yaml:"depguard"`
			} `yaml:"settings"`
		} `yaml:"linters"`
	}
	if err := yaml.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	rules := config.Linters.Settings.Depguard.Rules
	if len(rules) == 0 {
		t.Fatal("no rules were read")
	}
	for _, name := range slices.Sorted(maps.Keys(packages(t))) {
		if name == "cmd/senet" || name == "internal/cli" {
			continue
		}
		if name == "." { // whose files no pattern names: the rule leaves out all rooms
			if rules["senet"].Mode != "strict" {
				t.Error("no rule of depguard lists what the root package may import")
			}
			continue
		}
		strict := false
		for _, rule := range rules {
			strict = strict || rule.Mode == "strict" && slices.ContainsFunc(rule.Files,
				func(pattern string) bool { return covers(pattern, name) })
		}
		if !strict {
			t.Errorf("no rule of depguard lists what %s may import", name)
		}
	}
}

// covers reports whether a pattern of files takes in the files of a package.
func covers(pattern, name string) bool {
	pattern = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(pattern, "${base-path}/"), "**/"), "senet/")
	if dir, ok := strings.CutSuffix(pattern, "/**/*.go"); ok {
		return within(name, dir)
	}
	dir, ok := strings.CutSuffix(pattern, "/*.go")
	return ok && dir == name
}
