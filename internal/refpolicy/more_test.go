package refpolicy

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
)

// TestMoreHeaders: the headers of other policies, such as Fedora's, expand as m4 does, their modules are those of
// checkmodule, with the definitions that the sources of the policy have, and the index has the rules of all.
func TestMoreHeaders(t *testing.T) {
	testenv.Need(t, "m4", "checkmodule")
	root, err := sysroot.Open("")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range oracle.MoreHeaders(t) {
		h, err := Open(root, dir, Override{})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d files, %d definitions, problems %q", dir, len(h.Files), len(h.Defs), h.Problems)
		comparePeer(t, h)
		compareIndex(t, h)
		d := definedIn(t, h, filepath.Join(dir, "sources"))
		d.missing(t, h)
		compiled(t, h, testenv.Rounds(150, 1), d)
	}
}

// definedIn returns the names that the sources of a policy's modules define: all modules are expanded.
func definedIn(t *testing.T, h *Headers, dir string) definitions {
	t.Helper()
	d := definitions{}
	files, err := filepath.Glob(filepath.Join(dir, "*.te"))
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		out, _, err := h.Expand(filepath.Base(file), string(text))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		d.read(string(out))
	}
	t.Logf("%d modules define %d types, %d attributes, %d roles, %d attributes of roles and %d booleans", len(files),
		len(d["type"]), len(d["attribute"]), len(d["role"]), len(d["attribute_role"]), len(d["bool"]))
	return d
}

// read adds the names that statements define: those of require blocks are others'. A statement of definition begins a
// line, or stands behind another one.
func (d definitions) read(text string) {
	var words []string
	for line := range strings.Lines(text) {
		words = append(append(words, "\n"), tokens(line)...)
	}
	begins := true // a statement
	for i := 0; i+1 < len(words); i++ {
		switch word := words[i]; {
		case word == "require" && words[i+1] == "{":
			i = end(words, i+1)
			begins = true
			continue
		case !begins:
		case slices.Contains([]string{"type", "attribute", "role", "attribute_role", "bool"}, word):
			d.add(word, words[i+1])
		}
		if words[i] == "alias" {
			last := i + 1
			if words[last] == "{" {
				last = end(words, last)
			}
			for _, name := range words[i+1 : min(last+1, len(words))] {
				if name != "{" && name != "}" && name != "\n" {
					d.add("type", name)
				}
			}
		}
		begins = strings.ContainsAny(words[i], ";{}\n")
	}
}

// missing logs the names that definitions require and that the policy does not define: no module that calls them can be
// installed, or what is optional in them has no effect.
func (d definitions) missing(t *testing.T, h *Headers) {
	t.Helper()
	names, of := map[string]bool{}, 0
	for def := range h.Defs {
		out, _, err := h.Expand(h.Defs[def].Name, h.Defs[def].Name+"(one_t, two_t, three_t, four_t)\n")
		if err != nil {
			t.Errorf("%s: %v", h.Defs[def].Name, err)
			continue
		}
		some := false
		for _, name := range d.lacks(tokens(string(out))) {
			if !strings.Contains(name, "one_t") && !strings.Contains(name, "two_t") {
				names[name], some = true, true
			}
		}
		if some {
			of++
		}
	}
	t.Logf("%d of %d definitions require names that the modules do not define, %d names: %.300q", of, len(h.Defs),
		len(names), slices.Sorted(maps.Keys(names)))
}

// lacks returns the names that the require blocks of a text have and that the policy does not define.
func (d definitions) lacks(words []string) (names []string) {
	for i := 0; i+1 < len(words); i++ {
		if words[i] != "require" || words[i+1] != "{" {
			continue
		}
		last, kind, begins := end(words, i+1), "", true
		for _, word := range words[i+2 : last] {
			switch {
			case word == ";":
				begins = true
			case begins:
				kind, begins = word, false
			case word != "," && kind != "class" && len(d[kind]) > 0 && !d[kind][word]:
				names = append(names, word)
			}
		}
		i = last
	}
	return names
}

// end returns the place of the brace that closes the one at a place.
func end(words []string, at int) int {
	level := 0
	for i := at; i < len(words); i++ {
		switch words[i] {
		case "{":
			level++
		case "}":
			if level--; level == 0 {
				return i
			}
		}
	}
	return len(words) - 1
}

// TestDefinitions: what statements define, with aliases, in blocks too; not what they require.
func TestDefinitions(t *testing.T) {
	d := definitions{}
	d.read("type a_t, one, two; require { type b_t; role c_r; } optional { attribute d; }\n" +
		"type e_t alias { f_t g_t }, one; typealias a_t alias h_t; role i_r; role c_r types a_t; bool j true;\n" +
		"attribute_role k; allow a_t type:file read;\nportcon udp 1 u:r:a_t:s0\n\ttype l_t;\n")
	for kind, want := range map[string]string{"type": "a_t e_t f_t g_t h_t l_t", "attribute": "d", "role": "c_r i_r",
		"bool": "j", "attribute_role": "k"} {
		if got := strings.Join(slices.Sorted(maps.Keys(d[kind])), " "); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	lacks := d.lacks(tokens("require { type a_t, q_t; class file { read }; attribute d, r; } type s_t;"))
	if got := strings.Join(lacks, " "); got != "q_t r" {
		t.Errorf("lacks %s", got)
	}
	if d.requirement("f_t", "type") != "require { type f_t; }\n" || d.requirement("b_t", "type", "attribute") != "" {
		t.Error("requirements")
	}
}
