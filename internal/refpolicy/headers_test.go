package refpolicy

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/m4"
	"github.com/senet-selinux/senet/internal/sysroot"
)

// support is ours: as much of the language as the tests need.
const support = "define(`policy_module',`module $1 $2;')\n" +
	"define(`interface',`')define(`template',`')\n" +
	"define(`gen_require',`require {\n$1\n}')\n" +
	"define(`optional_policy',`optional {\n$1\n}')\n" +
	"define(`tunable_policy',`if ($1) {\n$2\n}')\n" +
	"define(`read_perms',`{ getattr open read }')\n" +
	"define(`refpolicywarn',`errprint(`Warning: $1')')\n"

const interfaces = "## <summary>Things of the web.</summary>\n\n" +
	"########################################\n## <summary>\n##\tRead what the web has, don't write.\n## </summary>\n" +
	"## <param name=\"domain\">\n##\t<summary>\n##\tDomain allowed access.\n##\t</summary>\n## </param>\n#\n" +
	"interface(`web_read',`\n\tgen_require(`\n\t\ttype web_content_t;\n\t')\n\n" +
	"\tallow $1 web_content_t:file read_perms;\n')\n" +
	"## <summary>Old.</summary>\n## <param name=\"domain\"><summary>Who.</summary></param>\n" +
	"interface(`web_old',`\n\trefpolicywarn(`$0($*) is old.')\n\tweb_read($1)\n')\n" +
	"template(`web_domain',`\n\ttype $1_t;\n\tweb_read($1_t)\n\tifdef(`enable_mcs',`range_transition a $1_t s0;')\n')\n"

// write makes headers of files, and returns their directory.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t testing.TB, dir string) (*Headers, error) {
	t.Helper()
	root, err := sysroot.Open("")
	if err != nil {
		t.Fatal(err)
	}
	return Open(root, dir, Override{})
}

func small(t testing.TB) *Headers {
	t.Helper()
	h, err := open(t, write(t, map[string]string{"include/support/a.spt": support,
		"include/build.conf":  "TYPE ?= mcs\nDISTRO = debian # a comment\noverride MCS_CATS := 256\nSYSTEMD ?= y\n",
		"include/apps/web.if": interfaces, "include/apps.xml": "<x/>"}))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestOpen: interfaces are found with their places, macros by their names.
func TestOpen(t *testing.T) {
	h := small(t)
	if len(h.Defs) != 3 || len(h.Problems) != 0 {
		t.Fatal(h.Defs, h.Problems)
	}
	for i, want := range []string{"interface(`web_read'", "interface(`web_old'", "template(`web_domain'"} {
		d := h.Defs[i]
		text := h.Files[d.File].Text[d.Start:d.End]
		if !strings.HasPrefix(text, want) || !strings.HasSuffix(text, "')") || d.Template != (i == 2) {
			t.Errorf("%q, %+v", text, d)
		}
	}
	if text, ok := h.Macro("read_perms"); !ok || text != "{ getattr open read }" {
		t.Error(text, ok)
	}
	if _, ok := h.Macro("web_read"); ok {
		t.Error("an interface is no macro")
	}
	s := h.Settings
	if s.Type != "mcs" || s.Distro != "debian" || s.MCSCategories != 256 || s.Sensitivities != 16 ||
		!s.Systemd || !s.MLS() {
		t.Errorf("%+v", s)
	}
}

// TestExpand: calls in calls, settings, and warnings.
func TestExpand(t *testing.T) {
	h := small(t)
	out, warnings, err := h.Expand("x.te", "policy_module(x, 1.0)\nweb_domain(my)\nweb_old(b_t)\n")
	want := "module x 1.0 ; type my_t ; require { type web_content_t ; } allow my_t web_content_t : file " +
		"{ getattr open read } ; range_transition a my_t s0 ; require { type web_content_t ; } " +
		"allow b_t web_content_t : file { getattr open read } ;"
	if got := strings.Join(tokens(string(out)), " "); err != nil || got != want {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
	if len(warnings) != 1 || warnings[0].Line != 3 || warnings[0].Text != "Warning: web_old(b_t) is old." {
		t.Error(warnings)
	}
}

// TestWith: the interfaces of a module come on top, and only there.
func TestWith(t *testing.T) {
	h := small(t)
	own, err := h.With("my.if", "interface(`my_read',`web_read($1)')\ninterface(`web_old',`')\n")
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := own.Expand("x", "my_read(a)web_old(b)\n")
	if err != nil || !strings.Contains(string(out), "allow a web") {
		t.Error(string(out), err)
	}
	if len(own.Problems) != 1 || !strings.Contains(own.Problems[0], "web_old is defined in") {
		t.Error(own.Problems)
	}
	if out, _, _ := h.Expand("x", "my_read(a)\n"); string(out) != "my_read(a)\n" || len(h.Defs) != 3 {
		t.Error(string(out), len(h.Defs))
	}
}

// TestMistakes: directories that are none, and files that m4 would not read.
func TestMistakes(t *testing.T) {
	for _, files := range []map[string]string{{"x": ""}, {"support/a.spt": "define(`a',`b')"}} {
		if _, err := open(t, write(t, files)); !errors.Is(err, ErrNone) {
			t.Error(err)
		}
	}
	for name, text := range map[string]string{"apps/x.if": "\n\ninterface(`a',`b)\n",
		"support/b.spt": "\n\nsyscmd(`ls')"} {
		_, err := open(t, write(t, map[string]string{"support/a.spt": support, name: text}))
		var e *m4.Error
		if !errors.As(err, &e) || e.Line != 3 || !strings.HasSuffix(e.File, name) {
			t.Error(err)
		}
	}
	h, err := open(t, write(t, map[string]string{"support/a.spt": support, "a/x.if": "# a\nallow a b:file read;\n"}))
	if err != nil || len(h.Problems) != 1 || !strings.Contains(h.Problems[0], `"allow a b:file read;" is outside`) {
		t.Error(err, h)
	}
}
