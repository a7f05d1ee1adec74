package setools

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
	"github.com/senet-selinux/senet/test/policies"
)

// sediffTE are the options of rules that sediff expands, which take it forty seconds on a policy of Debian's, and on
// which it falls over where conditionals are odd.
func sediffTE() []string {
	return []string{"--allow", "--auditallow", "--dontaudit", "-T", "--type_change", "--type_member"}
}

// sediffOthers are the options of all other sections.
func sediffOthers() []string {
	var out []string
	for _, s := range sediffSections() {
		if !slices.Contains(sediffTE(), s.option) && s.option != "--type_trans" {
			out = append(out, s.option)
		}
	}
	return out
}

// sediffLines are the lines of an answer, with what SETools prints in random order sorted: the permissions of
// modified rules and the names in constraints.
func sediffLines(text string) []string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.Contains(line, "constrain ") || strings.Contains(line, "validatetrans ") {
			words := strings.Fields(line)
			slices.Sort(words)
			lines[i] = strings.Join(words, " ")
			continue
		}
		head, rest, braces := strings.Cut(line, "{ ")
		inside, end, _ := strings.Cut(rest, " }")
		if braces && strings.HasPrefix(line, "      * ") {
			words := strings.Fields(inside)
			slices.Sort(words)
			lines[i] = head + "{ " + strings.Join(words, " ") + " }" + end
		}
	}
	return lines
}

// comparedSediff compares one command line; false where the peer falls over.
func comparedSediff(t *testing.T, args ...string) bool {
	t.Helper()
	peer := oracle.SETools(t, "sediff", args...)
	if peer.Status != 0 && strings.HasSuffix(peer.Stdout, "list index out of range\n") {
		return false
	}
	var ours, complaints bytes.Buffer
	if code := Sediff(args, &ours, &complaints); (code == 0) != (peer.Status == 0) || complaints.Len() > 0 {
		t.Fatalf("sediff %v: exit %d, %s; the peer %d", args, code, &complaints, peer.Status)
	}
	a, b := sediffLines(ours.String()), sediffLines(peer.Stdout)
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Errorf("sediff %v: line %d\n got %q\nwant %q", args, i+1, from(a, i), from(b, i))
			return true
		}
	}
	return true
}

// from is three of the lines.
func from(lines []string, i int) []string { return lines[min(i, len(lines)):min(i+3, len(lines))] }

// TestSediffPeer: every section of Debian's policies but the expanded rules, byte for byte.
func TestSediffPeer(t *testing.T) {
	testenv.Need(t, "sediff")
	a, b := testenv.Policy(t, "default"), testenv.Policy(t, "mls")
	comparedSediff(t, append(sediffOthers(), a, b)...)
	comparedSediff(t, append(sediffOthers(), b, a)...)
	comparedSediff(t, "--stats", "--polcap", "-u", "--property", a, b)
	comparedSediff(t, "-b", "--portcon", a, a)
}

// TestSediffSmallPeer: policies that fill every section, of two versions.
func TestSediffSmallPeer(t *testing.T) {
	testenv.Need(t, "sediff", "checkpolicy")
	var files []string
	for _, c := range []struct {
		version int
		mls     bool
	}{{33, true}, {33, false}, {31, true}} {
		file, err := policies.Small(c.version, policies.SELinux, c.mls)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	comparedSediff(t, files[0], files[0])
	comparedSediff(t, files[0], files[2])
	comparedSediff(t, append(sediffOthers(), files[0], files[1])...)
	comparedSediff(t, "nosuch", files[0])
	comparedSediff(t, files[0], "nosuch")
}

// TestSediffRandomPeer: pairs of random policies.
func TestSediffRandomPeer(t *testing.T) {
	testenv.Need(t, "sediff", "checkpolicy")
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 3))
	for range testenv.Rounds(3, 20) {
		var files []string
		for range 2 {
			file, err := policies.NewRandom(rng).Write(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, file)
		}
		var options []string
		for _, option := range sediffOthers() {
			if !strings.HasSuffix(option, "xperm") { // of several records 4.4.1 prints one: TestSediffXperms
				options = append(options, option)
			}
		}
		comparedSediff(t, append(options, files...)...)
		comparedSediff(t, append(sediffTE(), files...)...)
	}
}

// TestSediffXperms: of the extended permissions of a cell, which a policy holds as several records, 4.4.1 prints one
// record. Here all are there.
func TestSediffXperms(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	source, err := policies.SmallSource(33, policies.SELinux, false)
	if err != nil {
		t.Fatal(err)
	}
	const rule = "allowxperm web_t file_t:file ioctl { 0x8910 0x8913 0x8a00-0x8aff 0x9000-0x92ff };"
	if !bytes.Contains(source, []byte(rule)) {
		t.Fatal("the small policy has no such rule")
	}
	var files []string
	for _, text := range [][]byte{bytes.Replace(source, []byte(rule), nil, 1), source} {
		file, err := policies.Compile(text, policies.Options{Version: 33})
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	want := "Allowxperm Rules (1 Added, 0 Removed, 0 Modified)\n   Added Allowxperm Rules: 1\n      + " + rule + "\n\n"
	var out, complaints bytes.Buffer
	if code := Sediff(files, &out, &complaints); code != 0 || out.String() != want {
		t.Errorf("exit %d, %s\ngot  %q\nwant %q", code, &complaints, out.String(), want)
	}
}

// TestSediffUsage: the command line's mistakes, as argparse has them.
func TestSediffUsage(t *testing.T) {
	for _, c := range []struct {
		line string
		code int
		text string
	}{
		{"", 2, "sediff: error: the following arguments are required: POLICY1, POLICY2\n"},
		{"a", 2, "sediff: error: the following arguments are required: POLICY2\n"},
		{"--nosuch a b", 2, "sediff: error: unrecognized arguments: --nosuch\n"},
	} {
		var out, complaints bytes.Buffer
		code := Sediff(strings.Fields(c.line), &out, &complaints)
		if code != c.code || !strings.HasSuffix(complaints.String(), c.text) || out.Len() > 0 {
			t.Errorf("sediff %s: exit %d, %q, %q", c.line, code, out.String(), complaints.String())
		}
	}
}
