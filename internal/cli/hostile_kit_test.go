package cli

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/senet-selinux/senet/internal/bzip2"
)

const hostileKit = "../../testdata/hostile"

// TestHostileKit gives the files of the hostile kit to every reader.
func TestHostileKit(t *testing.T) {
	manifest, err := os.Open(hostileKit + "/MANIFEST")
	if err != nil {
		t.Fatal(err)
	}
	defer manifest.Close()
	var listed []string
	for lines := bufio.NewScanner(manifest); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		columns := strings.Split(lines.Text(), "\t")
		if len(columns) != 3 {
			t.Fatalf("%q: not three columns", lines.Text())
		}
		listed = append(listed, columns[0])
		t.Run(columns[0], func(t *testing.T) { hostileFile(t, columns[0], columns[1]) })
	}
	there := []string{}
	err = filepath.WalkDir(hostileKit, func(path string, d fs.DirEntry, err error) error {
		if name, _ := filepath.Rel(hostileKit, path); err == nil && !d.IsDir() && strings.Contains(name, "/") {
			there = append(there, name)
		}
		return err
	})
	slices.Sort(listed)
	if err != nil || !slices.Equal(listed, there) {
		t.Errorf("MANIFEST lists %d files, %d are there: %v", len(listed), len(there), err)
	}
}

// hostileFile reads one file of the kit.
func hostileFile(t *testing.T, name, must string) {
	file := filepath.Join(hostileKit, name)
	kind, _, _ := strings.Cut(name, "/")
	switch kind {
	case "policy":
		kitCommands(t, must, []string{"can", "a_t", "connect", "tcp/80", "--policy", file}, []string{"info", file},
			[]string{"search", "-A", file}, []string{"who", "bind", "tcp/80", "--policy", file})
	case "cil":
		kitCommands(t, must, []string{"compile", file, "-o", filepath.Join(t.TempDir(), "out")})
	case "log":
		kitCommands(t, must, []string{"why", file, "--policy", "example"},
			[]string{"why", "--json", file, "--policy", "example"},
			[]string{"why", "--allow", file, "--policy", "example"})
	case "plan":
		kitCommands(t, must, []string{"fix", "--apply", file})
	case "state":
		kitCommands(t, must, []string{"plan", file, "--root", newImage(t, imageFiles()) + "/root"})
	case "bzip2":
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		const limit = 1 << 20
		got, err := bzip2.Decode(text, limit)
		if len(got) > limit || err == nil && must == "refuse" {
			t.Errorf("%d bytes, %v", len(got), err)
		}
	case "journal":
		kitJournal(t, file, must)
	default:
		t.Errorf("a kind that nobody reads")
	}
}

// kitCommands runs commands on a file that must be refused or read, in some time and
// with inert output.
func kitCommands(t *testing.T, must string, commands ...[]string) {
	for _, args := range commands {
		code, said := kitRun(t, args)
		refusal := exitUnreadable
		if args[0] == "info" || args[0] == "search" {
			refusal = 1 // as SETools have it
		}
		if must == "refuse" && code != refusal || must == "read" && code != exitYes && code != exitNo {
			t.Errorf("senet %s: exit status %d, it must %s\n%.500s", strings.Join(args, " "), code, must, said)
		}
	}
}

// TestHostileKitControl: sound files pass where the files of the kit are refused.
func TestHostileKitControl(t *testing.T) {
	dir := t.TempDir()
	state := filepath.Join(dir, "state.yaml")
	source := filepath.Join(dir, "a.cil")
	if err := os.WriteFile(state, []byte("ports:\n- {type: http_port_t, proto: tcp, port: 5601}\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(source, []byte("(type a)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const policy = "../../examples/example.policy"
	for _, args := range [][]string{
		{"plan", state, "--root", newImage(t, imageFiles()) + "/root"}, {"format", "--check", source},
		{"can", "httpd_t", "connect", "tcp/80", "--policy", policy}, {"info", policy}, {"search", "-A", policy},
	} {
		if code, said := kitRun(t, args); code > exitPending || code == exitNo && args[0] != "can" {
			t.Errorf("senet %s: exit status %d\n%.300s", strings.Join(args, " "), code, said)
		}
	}
}

// kitRun runs a command and checks that it ends, and its output.
func kitRun(t *testing.T, args []string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	done := make(chan int, 1)
	go func() { done <- Main(append([]string{"senet"}, args...), strings.NewReader(""), &out, &out) }()
	select {
	case code = <-done:
	case <-time.After(3 * time.Minute):
		t.Fatalf("senet %s does not come to an end", strings.Join(args, " "))
	}
	for _, c := range out.String() {
		acts := unicode.IsControl(c) && c != '\n' || unicode.Is(unicode.Cf, c)
		if acts || c == '\u2028' || c == '\u2029' || c == unicode.ReplacementChar {
			t.Fatalf("senet %s prints %q\n%.500q", strings.Join(args, " "), c, out.String())
		}
	}
	return code, out.String()
}

// kitJournal puts a journal into a store: looking at the store leaves it, a change keeps
// or removes it, and nothing outside is touched.
func kitJournal(t *testing.T, file, must string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	image := newImage(t, imageFiles())
	journal := image + "/root/var/lib/selinux/targeted/senet.journal"
	if err := os.WriteFile(journal, text, 0o600); err != nil {
		t.Fatal(err)
	}
	outside := stateOf(t, image+"/victim")
	code, said := kitRun(t, []string{"store", "check", "--root", image + "/root"})
	if now, err := os.ReadFile(journal); err != nil || !bytes.Equal(now, text) || code != exitNo {
		t.Errorf("store check: exit status %d, the journal is %q, %v\n%s", code, now, err, said)
	}
	code, said = kitRun(t, []string{"port", "add", "-t", "http_port_t", "tcp/5601", "--yes", "--root", image + "/root"})
	now, err := os.ReadFile(journal)
	switch kept := err == nil && bytes.Equal(now, text); {
	case must == "keep" && (!kept || code == exitYes):
		t.Errorf("a change: exit status %d, the journal is %q, %v\n%s", code, now, err, said)
	case must == "remove" && (kept || code != exitYes):
		t.Errorf("a change: exit status %d, the journal is kept: %v\n%s", code, kept, said)
	}
	if after := stateOf(t, image+"/victim"); after != outside {
		t.Errorf("what is outside has changed:\n%s\nwas\n%s", after, outside)
	}
}
