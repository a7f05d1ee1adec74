package listing

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/senet-selinux/senet/internal/testenv"
)

// A labelledTree is a directory with files of all kinds that need no device, each with a label.
type labelledTree struct {
	dir    string
	labels map[string]string // by path
	kinds  map[string]byte
	names  []string // in dir
}

func newLabelledTree(t *testing.T, rng *rand.Rand) *labelledTree {
	t.Helper()
	tree := &labelledTree{dir: filepath.Join(t.TempDir(), "d"), labels: map[string]string{}, kinds: map[string]byte{}}
	const letters = "abcXYZ019.-_ é"
	label := func(name string, kind byte) {
		l := fmt.Sprintf("u%d:object_r:type_%d_t", rng.IntN(9), rng.IntN(99))
		switch rng.IntN(3) {
		case 0:
			l += ":s0"
		case 1:
			l += fmt.Sprintf(":s0:c%d,c%d", rng.IntN(100), 100+rng.IntN(100))
		}
		if err := unix.Lsetxattr(name, "security.selinux", []byte(l+"\x00"), 0); err != nil {
			testenv.Missing(t, "the labels of files cannot be set here: "+err.Error())
		}
		at := time.Now().Add(-time.Duration(rng.IntN(3*365*24)) * time.Hour)
		if kind != 'l' {
			if err := os.Chtimes(name, at, at); err != nil {
				t.Fatal(err)
			}
		}
		tree.labels[name], tree.kinds[name] = l, kind
	}
	if err := os.Mkdir(tree.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		var name strings.Builder
		fmt.Fprintf(&name, "%c", 'a'+rng.IntN(26))
		for range rng.IntN(12) {
			name.WriteString(string([]rune(letters)[rng.IntN(len([]rune(letters)))]))
		}
		fmt.Fprintf(&name, "%d", i)
		full, kind := filepath.Join(tree.dir, name.String()), byte('-')
		var err error
		switch rng.IntN(5) {
		case 0:
			kind, err = 'd', os.Mkdir(full, 0o750)
		case 1:
			kind, err = 'l', os.Symlink("../some where/else", full)
		case 2:
			kind, err = 'p', unix.Mkfifo(full, 0o600)
		default:
			err = os.WriteFile(full, make([]byte, rng.IntN(5000)), 0o600|os.FileMode(rng.IntN(8)))
		}
		if err != nil {
			t.Fatal(err)
		}
		label(full, kind)
		tree.names = append(tree.names, name.String())
	}
	label(tree.dir, 'd')
	return tree
}

// statFormat is the form of stat in a system with SELinux.
const statFormat = `  File: %N\n  Size: %s\tBlocks: %b IO Block: %o %F\nDevice: %d\tInode: %i Links: %h\n` +
	`Access: (%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)\nContext: %C\nAccess: %x\n`

// TestListingIsLs: what ls and stat print of labelled files is read as it is: each path with its label and kind.
func TestListingIsLs(t *testing.T) {
	testenv.Need(t, "ls", "stat", "sh")
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 15))
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	for range 60 {
		tree := newLabelledTree(t, rng)
		cd, command := "", ""
		long := rng.IntN(3) > 0
		options := "-Z" + pick("", "C")
		if long {
			options = "-lZ" + pick("", "h") + pick("", "i") + pick("", "s") + pick("", "n") + pick("", "a") + " " +
				pick("", "--time-style=long-iso", "--time-style=iso", "--full-time") + " " +
				pick("", "--quoting-style=shell")
		}
		expected := map[string]bool{}
		for _, n := range tree.names {
			expected[filepath.Join(tree.dir, n)] = true
		}
		switch rng.IntN(4) {
		case 0:
			command = "ls " + options + " " + tree.dir
		case 1:
			command = "ls " + tree.dir + "/ " + options
		case 2:
			cd, command = tree.dir, "ls "+options
		default:
			command = "ls -d " + options + " " + tree.dir
			expected = map[string]bool{tree.dir: true}
		}
		out := output(t, cd, command, pick("C", "C.UTF-8"))
		text := pick("$ ", "[root@a x]# ", "bob@a:~$ ", "") + command + "\n" + out
		if cd != "" {
			text = "$ cd " + cd + "\n" + text
		}
		tree.compare(t, text, expected, long)

		name := filepath.Join(tree.dir, tree.names[0])
		out = output(t, "", "stat --printf='"+statFormat+"' '"+name+"'", pick("C", "C.UTF-8"))
		if strings.Contains(out, `$'\`) {
			continue // the locale has no letters for the name
		}

		tree.compare(t, out, map[string]bool{name: true}, true)
	}
}

func output(t *testing.T, dir, command, locale string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "LC_ALL="+locale)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", command, err, out)
	}
	return string(out)
}

// compare reads a text and compares what it has of the expected files, and no more.
func (tree *labelledTree) compare(t *testing.T, text string, expected map[string]bool, kinds bool) {
	t.Helper()
	n := 0
	for _, f := range scan(text) {
		if f.Name == "." || f.Name == ".." {
			continue
		}
		want, ok := tree.labels[f.Path]
		switch {
		case !ok || !expected[f.Path]:
			t.Errorf("a file %q that is not there:\n%s", f.Path, text)
		case f.Context != want:
			t.Errorf("%s is labelled %s, not %s:\n%s", f.Path, want, f.Context, text)
		case kinds && f.Kind != tree.kinds[f.Path]:
			t.Errorf("%s is of kind %c, not %c:\n%s", f.Path, tree.kinds[f.Path], f.Kind, text)
		}
		n++
	}
	if n != len(expected) {
		t.Errorf("%d files of %d:\n%s", n, len(expected), text)
	}
}

// TestListingIsSetfiles: what setfiles -n would change is read as it is.
func TestListingIsSetfiles(t *testing.T) {
	testenv.Need(t, "setfiles")
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 16))
	tree := newLabelledTree(t, rng)
	contexts := filepath.Join(t.TempDir(), "file_contexts")
	if err := os.WriteFile(contexts, []byte("/.*\tsystem_u:object_r:wanted_t:s0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("setfiles", "-n", "-v", "-F", "-r", tree.dir, contexts, tree.dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	files := scan(string(out))
	for _, f := range files {
		if f.Context != tree.labels[f.Path] || f.Wanted != "system_u:object_r:wanted_t:s0" || f.Changed {
			t.Errorf("%+v, labelled %s", f, tree.labels[f.Path])
		}
	}
	if len(files) < len(tree.names) {
		t.Errorf("%d files of %d:\n%s", len(files), len(tree.names), out)
	}
}
