package fcontext

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/testenv"
)

const smallContexts = `# comment
/.*			u:r:default_t:s0
/usr/.*			u:r:usr_t:s0
/usr/sbin/haproxy	--	u:r:haproxy_exec_t:s0
/usr/s?bin/.*		u:r:bin_t:s0
/usr/sbin/late.*	--	u:r:late_exec_t:s0
/usr/sbin/.*		-d	u:r:dir_t:s0
/proc/.*		<<none>>
/opt/(a|b)\.d/x{2}	u:r:opt_t:s0
/bar|/foo		u:r:bar_t:s0
/odd/(?=x).*		u:r:odd_t:s0
/plus\+plus		u:r:plus_t:s0
/dup			u:r:first_t:s0
/dup			u:r:second_t:s0
`

// The rules of label_file.c: the last match wins, entries without
// metacharacters after all others; the kind of file; whole paths; a | outside of
// groups splits the anchors.
func TestLookup(t *testing.T) {
	fc, err := Parse([]byte(smallContexts), "fc")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path string
		kind byte
		want string
	}{
		{"/usr/sbin/haproxy", '-', "haproxy_exec_t"},
		{"/usr/sbin/haproxy2", '-', "bin_t"},
		{"/usr/sbin/later", '-', "late_exec_t"},
		{"/usr/sbin/later", 0, "dir_t"},
		{"/usr/sbin/haproxy", 'd', "dir_t"},
		{"/usr/bin/x", '-', "bin_t"},
		{"/usr/sin/x", '-', "usr_t"},
		{"/usr/lib/x", '-', "usr_t"},
		{"/usr//sbin//haproxy/", '-', "haproxy_exec_t"},
		{"/proc/1", '-', None},
		{"/opt/a.d/xx", '-', "opt_t"},
		{"/opt/aXd/xx", '-', "default_t"},
		{"/opt/a.d/x", '-', "default_t"},
		{"/barely", '-', "bar_t"},
		{"/x/foo", '-', "bar_t"},
		{"/plus+plus", '-', "plus_t"},
		{"/dup", '-', "second_t"},
	} {
		m, err := fc.Lookup(tt.path, tt.kind)
		got := m.Context
		if parts := strings.Split(got, ":"); len(parts) > 2 {
			got = parts[2]
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v; want %s", tt.path, m, err, tt.want)
		}
	}
	m, err := fc.Lookup("/odd/xyz", '-')
	if err != nil || len(m.Unsupported) != 1 || !strings.Contains(m.Unsupported[0], "fc:11") {
		t.Errorf("a pattern with a lookahead: %+v, %v", m, err)
	}
	if m, err := fc.Lookup("/usr/x", '-'); err != nil || m.Unsupported != nil {
		t.Errorf("a pattern that cannot apply is reported: %+v, %v", m, err)
	}
	if _, err := fc.Lookup("relative", '-'); !errors.Is(err, ErrNoLabel) {
		t.Errorf("a path that nothing matches: %v", err)
	}
	for _, bad := range []string{"/x", "/x -- u:r:t more", "/x -z u:r:t", "/x - u:r:t"} {
		if _, err := Parse([]byte(bad), "fc"); err == nil || !strings.HasPrefix(err.Error(), "fc:1: ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// A pattern that would compile to a huge program is reported, not compiled.
func TestHugePattern(t *testing.T) {
	for _, pattern := range []string{strings.Repeat("x{1000}", 500), "/((a{30}b){30}c){30}",
		"/" + strings.Repeat("a", maxPattern)} {
		fc, err := Parse([]byte(pattern+".\tu:r:t:s0"), "fc")
		if err != nil {
			t.Fatal(err)
		}
		if m, err := fc.Lookup(strings.Repeat("x", 1000)+strings.Repeat("/a", 10), '-'); err == nil ||
			pattern[0] == 'x' && len(m.Unsupported) != 1 {
			t.Errorf("%.20s: %+v, %v", pattern, m, err)
		}
	}
}

// Substitutions: at a slash only, the last line first, to the root without a
// second slash.
func TestSubstitute(t *testing.T) {
	list := parseSubs([]byte("# x\n/a /b\n/a /c\n/mnt/root /\n/lib64 /usr/lib\nalone\n"))
	for path, want := range map[string]string{
		"/a/x": "/c/x", "/a": "/c", "/ab": "/ab", "/mnt/root/etc": "/etc", "/mnt/root": "/", "/lib64/x": "/usr/lib/x",
		"/x/a": "/x/a",
	} {
		if got := substitute(path, list); got != want {
			t.Errorf("%s becomes %s, want %s", path, got, want)
		}
	}
}

// Debian's two policies against matchpathcon of libselinux, on paths made from the
// patterns themselves, for regular files, directories, links and sockets.
func TestLookupIsLibselinuxs(t *testing.T) {
	testenv.Need(t, "matchpathcon")
	rounds := 1
	if testenv.Long() {
		rounds = 20 // more than 100,000 paths
	}
	total := 0
	for _, kind := range []string{"default", "mls"} {
		testenv.Policy(t, kind)
		fc, err := Load(host.Root{}, kind)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(1, 2))
		for round := range rounds {
			paths := map[string]bool{}
			for i := range fc.entries {
				if p := samplePath(rng, fc.entries[i].pattern); p != "" {
					paths[p] = true
				}
			}
			for _, sub := range fc.dist {
				if p := samplePath(rng, sub.from+"/systemd/x"); p != "" {
					paths[p] = true
				}
			}
			list := slices.Sorted(maps.Keys(paths))
			total += len(list)
			mode := round % len(modes)
			compareWithMatchpathcon(t, kind, fc, modes[mode].name, modes[mode].kind, list)
		}
	}
	t.Logf("%d paths", total)
}

// modes are the kinds of files as matchpathcon names them.
var modes = []struct {
	name string
	kind byte
}{{"file", '-'}, {"dir", 'd'}, {"link", 'l'}, {"sock", 's'}, {"pipe", 'p'}, {"chr_file", 'c'}}

// samplePath makes a path that a pattern may match; "" where matchpathcon would
// follow a link of this machine instead of looking the path up.
func samplePath(rng *rand.Rand, pattern string) string {
	var b strings.Builder
	words := []string{"x", "local", "1", "sbin", ".x", "y/z"}
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '\\':
			i++
			b.WriteByte(pattern[i])
		case '(', ')', '?', '*', '+', '^', '$':
		case '|':
			// The rest of the alternative is dropped.
			for depth := 0; i+1 < len(pattern) && (depth > 0 || pattern[i+1] != ')'); i++ {
				if pattern[i+1] == '(' {
					depth++
				} else if pattern[i+1] == ')' {
					depth--
				}
			}
		case '[':
			end := strings.IndexByte(pattern[i+1:], ']')
			if end < 0 {
				return ""
			}
			b.WriteByte("a1bx0"[rng.IntN(5)])
			i += end + 1
		case '.':
			b.WriteString(words[rng.IntN(len(words))])
		default:
			b.WriteByte(c)
		}
	}
	path := squeeze(b.String())
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "{}\\") {
		return ""
	}
	for dir := path; dir != "/"; dir = dir[:max(1, strings.LastIndexByte(dir, '/'))] {
		if info, err := os.Lstat(dir); err == nil && info.Mode()&os.ModeSymlink != 0 {
			return ""
		}
	}
	return path
}

func compareWithMatchpathcon(t *testing.T, kind string, fc *Table, mode string, letter byte, paths []string) {
	t.Helper()
	base := "/etc/selinux/" + kind + "/contexts/files/file_contexts"
	args := []string{"-m", mode, "-f", base}
	cmd := exec.Command("matchpathcon", append(args, paths...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	theirs := map[string]string{}
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		path, context, _ := strings.Cut(s.Text(), "\t")
		theirs[path] = context
	}
	differ := 0
	for _, path := range paths {
		m, err := fc.Lookup(path, letter)
		ours := m.Context
		if err != nil {
			ours = fmt.Sprint(err)
		}
		if want, ok := theirs[path]; ok && ours != want {
			if differ++; differ <= 10 {
				t.Errorf("%s: %s: %s by %s, libselinux has %s", kind, path, ours, m.Pattern, want)
			}
		}
		if len(m.Unsupported) > 0 {
			t.Errorf("%s: %s: patterns not tried: %q", kind, path, m.Unsupported)
		}
	}
	t.Logf("%s: %d paths, %d answered by matchpathcon, %d differ", kind, len(paths), len(theirs), differ)
	if len(theirs) < len(paths)*9/10 || len(paths) < 3000 {
		t.Errorf("matchpathcon answered %d of %d paths: %.300s", len(theirs), len(paths), stderr.Bytes())
	}
}

// Lookups agree with the plain rule: compile every pattern, take the last match.
func FuzzLookup(f *testing.F) {
	f.Add(smallContexts, "/usr/sbin/haproxy")
	f.Add("/a{0}b\t<<none>>\n", "/b")
	f.Add("/(a|b)*x?\t-d\tu:r:t\n/a?\tu:r:t", "/ab")
	f.Add("/[|(]x|y\tu:r:t\n/a\\d\tu:r:t", "/ax")
	f.Fuzz(func(t *testing.T, text, path string) {
		fc, err := Parse([]byte(text), "fc")
		// Go's expressions are of UTF-8; a pattern of other bytes is reported.
		if err != nil || len(fc.entries) > 50 || !utf8.ValidString(text+path) {
			return
		}
		m, err := fc.Lookup(path, '-')
		want := ""
		for i := range slices.Backward(fc.entries) {
			e := &fc.entries[i]
			re, compileErr := compile(e.pattern)
			if compileErr == nil && (e.kind == 0 || e.kind == '-') && re.MatchString(squeeze(path)) {
				want = e.context
				break
			}
		}
		if m.Context != want || (err == nil) != (want != "") {
			t.Errorf("%q in %q: %+v, %v; want %q", path, text, m, err, want)
		}
	})
}

// TestTrees: the directories that one entry labels with all below them.
func TestTrees(t *testing.T) {
	fc, err := Parse([]byte(`/etc/ssh(/.*)?	system_u:object_r:a_t:s0
/etc/x\.d(/.*)?	system_u:object_r:b_t:s0
/etc/(one|two)(/.*)?	system_u:object_r:c_t:s0
/var/lib/y(/.*)?	--	system_u:object_r:d_t:s0
/proc(/.*)?	<<none>>
`), "fc")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for dir, typ := range fc.Trees() {
		got = append(got, dir+" "+typ)
	}
	if want := []string{"/etc/ssh a_t", "/etc/x.d b_t"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
