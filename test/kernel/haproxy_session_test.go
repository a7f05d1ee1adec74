package kernel

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
)

// storyFile is the session that the kernels must play.
const storyFile = "../../docs/story1.txt"

// A session has the commands of an administrator, behind "# ", and their output.
type session struct {
	text strings.Builder
}

// show runs a command and puts it into the session, with its output.
func (l *lb) show(want int, command string) {
	l.t.Helper()
	if l.text.Len() > 0 {
		l.text.WriteByte('\n')
	}
	l.text.WriteString("# " + command + "\n" + normalised(l.run(want, command)))
}

// compare compares the session with the documented one, which with -update is
// that of the first kernel.
func (s *session) compare(t *testing.T) {
	t.Helper()
	if *update {
		if err := os.WriteFile(storyFile, []byte(s.text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		*update = false
	}
	want, err := os.ReadFile(storyFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), s.text.String()); diff != "" {
		t.Errorf("%s is not what is seen (run with -update):\n%s", storyFile, diff)
	}
}

// normalised returns text with the times, durations and numbers of processes
// that are never the same.
func normalised(text string) string {
	for _, r := range [][2]string{
		{`(?m)^[A-Z][a-z]{2} [ 0-3]\d \d\d:\d\d:\d\d `, "Nov 22 11:30:01 "},
		{`kernel: \[ *\d+\.\d+\]`, "kernel: [   42.000000]"},
		{`audit\(\d+\.\d+:\d+\)`, "audit(1795347001.000:42)"},
		{`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`, "2026-11-22 11:30:01"},
		{`ausearch -a \d+`, "ausearch -a 42"},
		{`\bpid=\d+`, "pid=812"},
		{`haproxy\[\d+\]`, "haproxy[812]"},
		{`check duration: \d+ms`, "check duration: 0ms"},
	} {
		text = regexp.MustCompile(r[0]).ReplaceAllString(text, r[1])
	}
	return text
}

// TestStory has senet play its part of the documented session without a kernel,
// in a copy of the store, and compares README.md's quotation of it.
func TestStory(t *testing.T) {
	testenv.Need(t, "semodule")
	text, err := os.ReadFile(storyFile)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	if err := exampleBalancer().make(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(root, "etc/haproxy/haproxy.cfg")
	if err := os.MkdirAll(filepath.Dir(config), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := copyFile(config, "testdata/haproxy/haproxy.cfg"); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(root, "syslog")
	played := 0
	for block := range strings.SplitSeq("\n\n"+string(text), "\n\n# ") {
		command, want, _ := strings.Cut(block, "\n")
		args := strings.Fields(command)
		switch {
		case command == "":
			continue
		case args[0] == "grep" && played == 0:
			if err := os.WriteFile(log, []byte(want+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			continue
		case args[0] != "senet":
			continue
		}
		played++
		for i := range args {
			if args[i] == "/var/log/syslog" {
				args[i] = log
			}
		}
		var out bytes.Buffer
		cli.Main(append(args, "--root", root), strings.NewReader(""), &out, &out)
		got := normalised(strings.ReplaceAll(out.String(), " --root "+root, ""))
		want = withoutKernel(want + "\n")
		if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" {
			t.Errorf("# %s\n%s", command, diff)
		}
	}
	if played == 0 {
		t.Errorf("%s has no command of senet's", storyFile)
	}
	testQuotation(t, string(text))
}

// withoutKernel returns what senet prints where it has no kernel to load the
// policy into.
func withoutKernel(text string) string {
	text = strings.ReplaceAll(text, "the kernel has the new policy", "nothing was loaded into a kernel")
	return regexp.MustCompile(`(?m)^live  .*\n(      .*\n)*`).ReplaceAllString(text, "")
}

// testQuotation compares README.md with the session that it quotes: from its
// beginning until the first fix is taken back.
func testQuotation(t *testing.T, story string) {
	const readme, fence = "../../README.md", "```text\n# grep"
	end := strings.Index(story, "\n# senet port")
	doc, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok1 := strings.Cut(string(doc), fence)
	_, after, ok2 := strings.Cut(rest, "\n```\n")
	if end < 0 || !ok1 || !ok2 {
		t.Fatal("no quotation")
	}
	want := before + "```text\n" + story[:end] + "```\n" + after
	if *update {
		if err := os.WriteFile(readme, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(doc) {
		t.Errorf("README.md does not quote the beginning of %s (run with -update)", storyFile)
	}
}
