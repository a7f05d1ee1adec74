package sepolgencli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/internal/modfile"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/oracle"
)

// interfaceFile writes what Debian's headers grant, as sepolgen-ifgen would. It also returns the lines whose target
// is a type of the policy.
func interfaceFile(t *testing.T, p *policy.Policy) (file string, grants [][]string) {
	h, err := refpolicy.OpenNamed("", oracle.Headers(t))
	if err != nil {
		t.Fatal(err)
	}
	x, err := h.Index()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for def := range h.Defs {
		var lines []string
		for r := range x.Rules(def).All() {
			if r.Kind != refpolicy.Allow {
				continue
			}
			for _, source := range x.Set(r.Sources).Names {
				for _, target := range x.Set(r.Targets).Names {
					for _, class := range x.Set(r.Classes).Names {
						lines = append(lines, strings.Join(append([]string{source, target, class},
							x.Set(r.Perms).Names...), ","))
					}
				}
			}
		}
		var params []string
		for i := range x.Required(def) {
			params = append(params, fmt.Sprintf("$%d:source", i+1))
		}
		slices.Sort(lines)
		lines = slices.Compact(lines)
		for _, line := range lines {
			fields := strings.Split(line, ",")
			_, known := p.Type(fields[1])
			class, ok := p.Class(fields[2])
			if !known || !ok || fields[0] != "$1" || x.Required(def) != 1 {
				continue
			}
			if _, ok := p.Perm(class, fields[3]); ok {
				grants = append(grants, fields)
			}
		}
		fmt.Fprintf(&b, "[InterfaceVector %s %s ]\n", h.Defs[def].Name, strings.Join(params, " "))
		for _, line := range lines {
			b.WriteString(line + "\n")
		}
	}
	name := filepath.Join(t.TempDir(), "interface_info")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name, grants
}

// TestReference: both programs choose the same interfaces.
func TestReference(t *testing.T) {
	testenv.Need(t, "audit2allow")
	const perms = dataDir + "/perm_map"
	if _, err := os.Stat(perms); err != nil {
		testenv.Missing(t, err.Error())
	}
	p := testpolicy.Debian(t, "default")
	file := testenv.Policy(t, "default")
	info, grants := interfaceFile(t, p)
	x := newRandomLog(t, p, 2)
	calls := 0
	for n := range testenv.Rounds(2, 60) {
		var log strings.Builder
		for i := range 15 {
			log.WriteString(x.record(i))
			g := pick(x.r, grants)
			fmt.Fprintf(&log, "avc:  denied  { %s } for  pid=1 comm=\"a\" scontext=system_u:system_r:%s:s0 "+
				"tcontext=system_u:object_r:%s:s0 tclass=%s permissive=0\n", g[3], pick(x.r, x.domains), g[1], g[2])
		}
		args := []string{"-p", file, "-R", "--interface-info", info, "--perm-map", perms}
		args = append(args, [][]string{nil, {"-v"}, {"-m", "local"}, {"-e"}}[n%4]...)
		var out, errs, want bytes.Buffer
		if code := Audit2allow(args, strings.NewReader(log.String()), &out, &errs); code != 0 {
			t.Fatalf("exit %d: %s%s", code, out.Bytes(), errs.Bytes())
		}
		cmd := exec.Command("audit2allow", args...)
		cmd.Stdin, cmd.Stdout = strings.NewReader(log.String()), &want
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		own, theirs := lines(out.String()), lines(want.String())
		if !slices.Equal(own, theirs) {
			t.Fatalf("%q:\nonly senet:\n%s\nonly audit2allow:\n%s", args, strings.Join(minus(own, theirs), "\n"),
				strings.Join(minus(theirs, own), "\n"))
		}
		for _, line := range own {
			if line[0] != '#' && line[0] != '\t' && strings.HasSuffix(line, ")") {
				calls++
			}
		}
	}
	if t.Logf("%d calls of interfaces", calls); calls < 5 {
		t.Error("too few calls")
	}
}

// TestPackage: -M writes the module and its package. The package is the one that audit2allow makes of the same
// source.
func TestPackage(t *testing.T) {
	testenv.Need(t, "audit2allow", "checkmodule", "semodule_package")
	file := testenv.Policy(t, "default")
	x := newRandomLog(t, testpolicy.Debian(t, "default"), 3)
	for range testenv.Rounds(3, 20) {
		var log strings.Builder
		for i := range 10 {
			log.WriteString(x.record(i))
		}
		if !strings.Contains(log.String(), "avc:  denied") {
			continue
		}
		text := strings.ReplaceAll(log.String(), "tclass=nosuch", "tclass=file")
		theirs, own := t.TempDir(), t.TempDir()
		cmd := exec.Command("audit2allow", "-p", file, "-M", "local")
		cmd.Dir, cmd.Stdin = theirs, strings.NewReader(text)
		want, err := cmd.Output()
		t.Chdir(own)
		var out, errs bytes.Buffer
		code := Audit2allow([]string{"-p", file, "-M", "local"}, strings.NewReader(text), &out, &errs)
		if (code == 0) != (err == nil) {
			t.Fatalf("exit %d, %v: %s%s", code, err, out.Bytes(), want)
		}
		if code == 0 && out.String() != string(want) {
			t.Errorf("%q, want %q", out.String(), want)
		}
		if !slices.Equal(lines(read(t, "local.te")), lines(read(t, filepath.Join(theirs, "local.te")))) {
			t.Error("another local.te")
		}
		if code != 0 {
			continue
		}
		built, err := modfile.Build(filepath.Join(theirs, "local.te"), "x.pp", modfile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if string(built.Data) != read(t, filepath.Join(theirs, "local.pp")) {
			t.Error("another package of the same source")
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

const denial = `type=AVC msg=audit(1700000000.1:1): avc:  denied  { read ioctl } for  pid=1 comm="a" ioctlcmd=0x5401 ` +
	`scontext=system_u:system_r:ntpd_t:s0 tcontext=system_u:object_r:shadow_t:s0 tclass=file permissive=0` + "\n"

// TestOptions: options that exclude one another, and files that do not exist.
func TestOptions(t *testing.T) {
	file := testenv.Policy(t, "default")
	dir := t.TempDir()
	for _, c := range []struct {
		args        []string
		code        int
		text, error string
	}{
		{[]string{"--help"}, 0, "--interface-info=INTERFACE_INFO", ""},
		{[]string{"--version"}, 0, "audit2allow .1", ""},
		{[]string{"--nosuch"}, 2, "", "no such option: --nosuch"},
		{[]string{"-z"}, 2, "", "no such option: -z"},
		{[]string{"--p"}, 2, "", "ambiguous option: --p (--perm-map, --policy?)"},
		{[]string{"-p"}, 2, "", "-p option requires 1 argument"},
		{[]string{"--all=1"}, 2, "", "--all option does not take a value"},
		{[]string{"-p", file, "-M", "a", "-o", "b"}, 2, "", "--module-package conflicts with --output"},
		{[]string{"-p", file, "-M", "a", "-m", "b"}, 2, "", "--module-package conflicts with --module"},
		{[]string{"-p", file, "-M", "a", "-C"}, 2, "", "--module-package conflicts with --cil"},
		{[]string{"-p", file, "-m", "1a"}, 2, "", "module names must begin with a letter"},
		{[]string{"-p", file, "-i", dir + "/none"}, 1, "", "could not open file"},
		{[]string{"-p", file, "-R", "--interface-info", dir + "/none"}, 1, "", "could not open interface info"},
		{[]string{"-p", file, "-C", "-x"}, 0, "(allowx ntpd_t shadow_t (ioctl file (0x5401)))", ""},
		{[]string{"-p", file, "-rC"}, 0, "(typeattributeset cil_gen_require ntpd_t)", ""},
		{[]string{"-p", file, "-o", dir + "/out"}, 0, "", ""},
	} {
		var out, errs bytes.Buffer
		code := Audit2allow(c.args, strings.NewReader(denial), &out, &errs)
		if code != c.code || !strings.Contains(out.String(), c.text) || !strings.Contains(errs.String(), c.error) {
			t.Errorf("%q: exit %d, %q, %q; want %+v", c.args, code, out.Bytes(), errs.Bytes(), c)
		}
		if slices.Contains(c.args, "-C") && code == 0 {
			if _, err := cil.Parse(out.String()); err != nil {
				t.Error(err)
			}
		}
	}
	if text := read(t, dir+"/out"); !strings.Contains(text, "allow ntpd_t shadow_t:file { ioctl read };") {
		t.Error(text)
	}
	var out, errs bytes.Buffer
	if code := Audit2allow([]string{"-p", file}, strings.NewReader("nothing\n"), &out, &errs); code != 0 ||
		errs.String() != "Nothing to do\n" {
		t.Error(code, errs.String())
	}
}
