package modulecli_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/bzip2"
	"github.com/senet-selinux/senet/internal/modulecli"
	"github.com/senet-selinux/senet/internal/testenv"
)

var programs = map[string]func([]string, io.Writer, io.Writer) int{
	"checkmodule": modulecli.Checkmodule, "semodule_package": modulecli.Package,
	"semodule_unpackage": modulecli.Unpackage,
}

const (
	goodText = "module good 1.0;\n" +
		"require { type a_t; class file { read write }; sensitivity s0; category c0, c1, c2; }\n" +
		"type b_t;\nallow a_t b_t:file read;\nneverallow a_t b_t:file write;\n"
	levelText = "range_transition a_t b_t:file s0 - s0:c0.c1,c2;\n"
)

// files are those of each case, by name.
func files(t *testing.T) map[string]string {
	all := map[string]string{
		"good.te": goodText, "levels.te": strings.Replace(goodText, "good", "levels", 1) + levelText,
		"bad.te": "module bad 1.0;\nallow a b:file read;\n", "syntax.te": "module x 1.0\n",
		"warn.te":     goodText + "dontaudit a_t b_t:file ~read;\n",
		"self.te":     goodText + "type_transition a_t self:file b_t;\n",
		"policy.conf": strings.Replace(goodText, "good", "conf", 1), "empty": "", "text": "a\n",
		"good.fc": "/a system_u:object_r:a_t:s0\n", "nothing.pp": "x",
	}
	packed, err := os.ReadFile("/usr/share/selinux/default/base.pp.bz2")
	if err != nil {
		testenv.Missing(t, err.Error())
	}
	base, err := bzip2.Decode(packed, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	all["base.pp"] = string(base)
	return all
}

// TestPeer: the same exit code and the same files as checkmodule, semodule_package and
// semodule_unpackage, for flags in all their forms, for mistakes and for files that are
// not what they should be. Commands of a line run one after the other.
func TestPeer(t *testing.T) {
	testenv.Need(t, "checkmodule", "semodule_package", "semodule_unpackage")
	given := files(t)
	for _, line := range []string{
		"checkmodule -m -o good.mod good.te",
		"checkmodule -M -m -o good.mod good.te",
		"checkmodule -Mmogood.mod good.te",
		"checkmodule good.te -m --output=good.mod --mls",
		"checkmodule -m good.te",
		"checkmodule -m",
		"checkmodule -m -o conf.mod",
		"checkmodule -m -o other.mod good.te",
		"checkmodule -m -o good good.te",
		"checkmodule -m -o good.x.mod good.te",
		"checkmodule -m -o nowhere/good.mod good.te",
		"checkmodule -m -o levels.mod levels.te",
		"checkmodule -M -m -o levels.mod levels.te",
		"checkmodule -M -m -C -o levels.cil levels.te",
		"checkmodule -m -C good.te",
		"checkmodule -m --cil -o good.cil good.te",
		"checkmodule -m -c 10 -o good.mod good.te",
		"checkmodule -m -c 4 -o good.mod good.te",
		"checkmodule -M -m -c 5 -o levels.mod levels.te",
		"checkmodule -m -c 3 -o good.mod good.te",
		"checkmodule -m -c 22 good.te",
		"checkmodule -m -c x good.te",
		"checkmodule -m bad.te",
		"checkmodule -m syntax.te",
		"checkmodule -m nowhere.te",
		"checkmodule -m warn.te",
		"checkmodule -m -E warn.te",
		"checkmodule -m --werror warn.te",
		"checkmodule -m -o good.mod self.te",
		"checkmodule -V",
		"checkmodule --version -m",
		"checkmodule -h",
		"checkmodule --help",
		"checkmodule -z",
		"checkmodule --nosuch",
		"checkmodule -m good.te good.te",
		"checkmodule -m -U allow good.te",
		"checkmodule -m -U deny good.te",
		"checkmodule -m -U never good.te",
		"checkmodule -m -b good.te",
		"checkmodule -o",
		"checkmodule -m -- good.te",
		"checkmodule -m -o good.mod good.te; semodule_package -o good.pp -m good.mod",
		"checkmodule -m -o good.mod good.te; semodule_package -o good.pp -m good.mod -f good.fc",
		"checkmodule -m -o good.mod good.te; semodule_package --outfile=good.pp --module good.mod --fc good.fc --nc " +
			"text",
		"checkmodule -m -o good.mod good.te; semodule_package -ogood.pp -mgood.mod -fempty -n empty",
		"checkmodule -m -o good.mod good.te; semodule_package -o good.pp -m good.mod -s text",
		"checkmodule -m -o good.mod good.te; semodule_package -o good.pp -m good.mod -u text",
		"checkmodule -m -o good.mod good.te; semodule_package -o good.pp -m good.mod -u empty -s empty",
		"checkmodule -m -o good.mod good.te; semodule_package -o good.pp -m good.mod -f nowhere",
		"checkmodule -m -o good.mod good.te; semodule_package -o nowhere/good.pp -m good.mod",
		"checkmodule -m -o good.mod good.te; semodule_package -o good.pp -m good.mod -m good.mod",
		"checkmodule -m -o good.mod good.te; semodule_package -o good.pp -o x.pp -m good.mod",
		"checkmodule -m -o good.mod good.te; semodule_package -o good.pp -m good.mod -z --nosuch operand",
		"checkmodule -m -o good.mod good.te; semodule_package -o good.pp -m good.mod -h",
		"checkmodule -M -m -o levels.mod levels.te; semodule_package -o l.pp -m levels.mod; semodule_unpackage l.pp " +
			"l.mod",
		"checkmodule -m -o good.mod good.te; semodule_package -o g.pp -m good.mod -f good.fc; semodule_unpackage " +
			"g.pp m fc",
		"checkmodule -m -o good.mod good.te; semodule_package -o g.pp -m good.mod; semodule_unpackage g.pp m fc",
		"semodule_package",
		"semodule_package -o x.pp",
		"semodule_package -m x",
		"semodule_package --help",
		"semodule_package -o x.pp -m nowhere",
		"semodule_package -o x.pp -m text",
		"semodule_package -o x.pp -m base.pp",
		"semodule_unpackage",
		"semodule_unpackage base.pp",
		"semodule_unpackage base.pp m fc",
		"semodule_unpackage base.pp m; semodule_package -o again.pp -m m -s text -u text -f good.fc",
		"semodule_unpackage base.pp m; semodule_package -o again.pp -m m -u empty",
		"semodule_unpackage nothing.pp m fc",
		"semodule_unpackage nowhere m",
		"semodule_unpackage base.pp nowhere/m",
	} {
		var want, got result
		want.run(t, given, line, func(args []string) int {
			err := exec.Command(args[0], args[1:]...).Run()
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				return exit.ExitCode()
			}
			if err != nil {
				t.Fatal(err)
			}
			return 0
		})
		var stderr bytes.Buffer
		got.run(t, given, line, func(args []string) int {
			return programs[args[0]](args[1:], &bytes.Buffer{}, &stderr)
		})
		if want.String() != got.String() {
			t.Errorf("%s\nthe programs: %s\nsenet's: %s\n%s", line, &want, &got, &stderr)
		}
	}
}

// A result is the exit codes of a run, and the files that it made.
type result struct {
	codes []int
	files map[string]string
}

// String says the codes, and the length of each file, with a sum of what is in it.
func (r *result) String() string {
	sums := map[string]string{}
	for name, text := range r.files {
		sum := uint32(0)
		for i := range len(text) {
			sum = sum*31 + uint32(text[i])
		}
		sums[name] = fmt.Sprintf("%d bytes, %08x", len(text), sum)
	}
	return fmt.Sprint(r.codes, sums)
}

// run runs the commands of a line in a directory with files.
func (r *result) run(t *testing.T, given map[string]string, line string, call func([]string) int) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range given {
		if name == "base.pp" && !strings.Contains(line, name) {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for command := range strings.SplitSeq(line, "; ") {
		r.codes = append(r.codes, call(strings.Fields(command)))
	}
	r.files = map[string]string{}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		text, err := os.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if given[e.Name()] != string(text) || given[e.Name()] == "" {
			r.files[e.Name()] = string(text)
		}
	}
}
