package semodulecli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// TestDifferences runs the lines of docs/semodule-differences.md. Each differs as the document says; where senet
// refuses a line, nothing changes.
func TestDifferences(t *testing.T) {
	doc, err := os.ReadFile("../../docs/semodule-differences.md")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, "")
	stores.Write(t, b.first+"/here/own.te", "module own 1.0;\nrequire { type user_t; class file read; }\n"+
		"allow user_t self:file read;\n")
	for _, tt := range []struct {
		line         string
		theirs, ours int
	}{
		{"-X 66000 -i own.cil", 0, 1},
		{"-X 400x -i own.cil", 0, 1},
		{"-s nosuch -l", 0, 1},
		{"-d base -d own -d pkg", 0, 1},
		{"-i own.te", 1, 0},
	} {
		if !strings.Contains(string(doc), "| `semodule "+tt.line+"`") {
			t.Errorf("the document lacks %s", tt.line)
		}
		b.reset(t)
		before, err := stores.Snap(b.ours.root, "small", b.parts)
		if err != nil {
			t.Fatal(err)
		}
		theirs, _ := b.theirs.run(b.args(b.theirs, tt.line))
		ours, _ := b.ours.run(b.args(b.ours, tt.line))
		if theirs != tt.theirs || ours != tt.ours {
			t.Errorf("%s: semodule exits with %d, we with %d", tt.line, theirs, ours)
		}
		after, err := stores.Snap(b.ours.root, "small", b.parts)
		if err != nil {
			t.Fatal(err)
		}
		if changed := before.Diff(after) != ""; changed != (ours == 0) {
			t.Errorf("%s: changed %v", tt.line, changed)
		}
		if _, err := os.Stat(b.ours.root + "/var/lib/selinux/nosuch"); err == nil {
			t.Errorf("%s makes a store", tt.line)
		}
	}
}

// TestStoreDifferences runs the differences on odd stores: the exit codes and the files are those of the document.
// A long run also uses semodule of Debian 13 and sid.
func TestStoreDifferences(t *testing.T) {
	suites := []string{""}
	if testenv.Long() {
		suites = append(suites, "trixie", "sid")
	}
	const store, etc = "var/lib/selinux/small/active", "etc/selinux/small"
	for _, suite := range suites {
		t.Run(suite, func(t *testing.T) {
			b := newBench(t, suite)
			for _, tt := range []struct{ prepare, line, file, theirs, ours string }{
				{"mkdir $ACTIVE/modules/README", "-l", "", "exit 1", "exit 0"},
				{"touch $ACTIVE/modules/README", "-lfull", "", "exit 1", "exit 0"},
				{"mkdir $ACTIVE/modules/1000", "-B", "", "exit 1", "exit 0"},
				{"mkdir $ACTIVE/modules/abc", "-i own2.cil", "", "exit 1", "exit 0"},
				{"mkdir $ACTIVE/modules/5", "-l", "", "exit 1", "exit 0"},
				{"mkdir -m 755 $ACTIVE/modules/999", "-e own", store + "/modules/999", "exit 0, drwx------",
					"exit 0, drwxr-xr-x"},
				{"rm -r $ETC", "-B", etc, "exit 0, drwx------", "exit 0, drwxr-xr-x"},
				{"rm -r $ETC/policy", "-B", etc + "/policy", "exit 0, drwx------", "exit 0, drwxr-xr-x"},
				{"rm -r $ETC/contexts", "-B", etc + "/contexts/files", "exit 0, drwx------", "exit 0, drwxr-xr-x"},
				{"rm $ACTIVE/modules/400/pkg/cil", "-m -l", store + "/modules/400/pkg/cil", "exit 0, -rw-r--r--",
					"exit 0, none"},
				{"rm -r $ACTIVE/modules", "-l", store + "/modules", "exit 0, drwx------", "exit 0, none"},
				{"rm -r $ACTIVE", "-l", store + "/modules", "exit 0, drwx------", "exit 1, none"},
				{"rm -r $ACTIVE/modules/disabled", "-i own2.cil", store + "/modules/disabled", "exit 0, drwx------",
					"exit 0, none"},
				{"echo text > $ACTIVE/disable_dontaudit", "-i own2.cil", store + "/disable_dontaudit",
					"exit 0, -rw-r--r--, empty", "exit 0, -rw-r--r--"},
			} {
				b.reset(t)
				for _, side := range []struct {
					*side
					want string
				}{{b.theirs, tt.theirs}, {b.ours, tt.ours}} {
					side.shell(t, "umask 022; ACTIVE=../"+store+" ETC=../"+etc+"; "+tt.prepare)
					code, _ := side.run(b.args(side.side, tt.line))
					got := fmt.Sprintf("exit %d", code)
					if tt.file != "" {
						got += state(filepath.Join(side.root, tt.file))
					}
					if got != side.want {
						t.Errorf("%s; semodule %s: %s, want %s", tt.prepare, tt.line, got, side.want)
					}
				}
			}
		})
	}
}

// state is a file's mode, and whether the file is empty.
func state(file string) string {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return ", none"
	case info.Mode().IsRegular() && info.Size() == 0:
		return ", " + info.Mode().String() + ", empty"
	}
	return ", " + info.Mode().String()
}
