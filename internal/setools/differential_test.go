package setools_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/policies"
)

// senet runs the personality of the peer's tool, in this process.
func senet(t testing.TB, tool string, args ...string) answer {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := map[string]func([]string, io.Writer, io.Writer) int{"sesearch": setools.Sesearch,
		"seinfo": setools.Info, "sediff": setools.Sediff}[tool](args, &stdout, &stderr)
	return answer{stdout.String(), code}
}

// testPolicies are Debian's two, three small ones of our own, and the files in the directory that
// SENET_TEST_POLICIES names. The small ones have what Debian's lack: extended and mixed conditional rules, aliases,
// validatetrans, labels of all kinds; no MLS; Xen.
func testPolicies(t *testing.T) []string {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	paths := []string{testenv.Policy(t, "default"), testenv.Policy(t, "mls")}
	for _, small := range []struct {
		version int
		target  string
		mls     bool
	}{{33, policies.SELinux, true}, {28, policies.SELinux, false}, {30, policies.Xen, true}} {
		path, err := policies.Small(small.version, small.target, small.mls)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	if dir := os.Getenv("SENET_TEST_POLICIES"); dir != "" {
		more, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(more) == 0 {
			t.Fatalf("no policies in %s: %v", dir, err)
		}
		paths = append(paths, more...)
	}
	return paths
}

// ownPolicies is the number of testPolicies that do not come from SENET_TEST_POLICIES. elsewhereTime is the time
// that questions about the others may take in a run that is not long.
const (
	ownPolicies   = 5
	elsewhereTime = 3 * time.Minute
)

// TestDifferential asks senet and SETools 4.4.1 the same and compares standard output and exit code.
func TestDifferential(t *testing.T) {
	p := newPeers(t)
	seed := testenv.Seed(t)
	// A line costs the peer up to a second; the answers to the fixed lines are kept.
	long := testenv.Long()
	searches, infos := 12, 8
	randomSearches, randomInfos := 6, 4
	if long {
		searches, infos, randomSearches, randomInfos = 750, 500, 750, 500
	}
	start := time.Now()
	var fixed, random []line
	for i, path := range testPolicies(t) {
		// SETools takes ten seconds for some questions about a large policy from elsewhere. Such a policy gets fewer
		// questions. Once the time is over, the test leaves out the remaining policies and logs them.
		elsewhere := i >= ownPolicies && !long
		if elsewhere && time.Since(start) > elsewhereTime {
			t.Logf("%s left out: the policies before it took %v", path, time.Since(start).Round(time.Second))
			continue
		}
		scale := 1
		if elsewhere {
			scale = 3
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		hash := hex.EncodeToString(sum[:])
		if a := p.ask(t, hash, "seinfo", []string{path}, true); a.Code != 0 {
			t.Logf("%s left out, SETools cannot read it: %s", path, strings.TrimSpace(a.Stdout))
			continue
		}
		n := learn(t, p, path, hash)
		for _, part := range []struct {
			seed     uint64
			searches int
			infos    int
			lines    *[]line
		}{{1, searches / scale, infos / scale, &fixed}, {seed, randomSearches / scale, randomInfos / scale, &random}} {
			g := &generator{Rand: rand.New(rand.NewPCG(part.seed, 0)), n: n}
			for range part.searches {
				*part.lines = append(*part.lines, g.search())
			}
			for range part.infos {
				*part.lines = append(*part.lines, g.info())
			}
		}
	}
	compareAll(t, p, fixed, true)
	compareAll(t, p, random, testenv.SeedIsSet() || !long)
}

// compareAll compares all lines, two at a time. It reports the first ten differences.
func compareAll(t *testing.T, p *peers, lines []line, keep bool) {
	queue := make(chan line)
	var mutex sync.Mutex
	var differences []string
	answered, refused := 0, 0
	var workers sync.WaitGroup
	for range 2 {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for l := range queue {
				want := p.ask(t, l.policy.hash, l.tool, l.args, keep)
				got := senet(t, l.tool, l.args...)
				difference := ""
				if want.Code != crashed {
					difference = compare(l, got, want)
				}
				mutex.Lock()
				if difference != "" {
					differences = append(differences, difference)
				}
				switch {
				case want.Code != 0:
					refused++
				case want.Stdout != "":
					answered++
				}
				mutex.Unlock()
			}
		}()
	}
	asked := 0
	for _, l := range lines {
		if deadline, ok := t.Deadline(); ok && time.Until(deadline) < 2*time.Minute {
			t.Logf("the time is up: %d of %d lines were asked", asked, len(lines))
			break
		}
		queue <- l
		asked++
	}
	close(queue)
	workers.Wait()
	lines = lines[:asked]
	t.Logf("%d lines: %d answered, %d refused, %d empty", len(lines), answered, refused, len(lines)-answered-refused)
	if answered < len(lines)/2 {
		t.Errorf("only %d of %d lines have an answer", answered, len(lines))
	}
	slices.Sort(differences)
	for _, d := range differences[:min(10, len(differences))] {
		t.Error(d)
	}
	if len(differences) > 10 {
		t.Errorf("%d differences in all", len(differences))
	}
}

// compare returns a description of how two answers differ, "" if they do not.
func compare(l line, got, want answer) string {
	gotLines, wantLines := normalise(l.tool, got.Stdout), normalise(l.tool, want.Stdout)
	if got.Code == want.Code && slices.Equal(gotLines, wantLines) {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q\nexit code %d, want %d; %d lines, want %d", l.tool, l.args, got.Code, want.Code,
		len(gotLines), len(wantLines))
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := "(end)", "(end)"
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			fmt.Fprintf(&b, "\nfirst difference in line %d\n got %.300q\nwant %.300q", i+1, g, w)
			break
		}
	}
	return b.String()
}

// normalise splits an output into lines and takes out what SETools prints wrong or differently
// every time, in both outputs:
//   - a conditional expression that mixes operators: its parentheses may be wrong (TestConditionalText);
//   - the members of a set of names inside a constraint, which SETools prints in the order of Python's hashes;
//   - the order of constraints, which is that of their text and so depends on the above.
//
// The suffix of a conditional extended rule, which SETools never prints, cannot occur: such rules need policy
// version 34, and the SETools compared with reads 33 at most.
func normalise(tool, text string) []string {
	lines := strings.Split(text, "\n")
	changed := false
	for i, l := range lines {
		switch {
		case tool == "sesearch":
			if from, to := strings.Index(l, "; [ "), strings.LastIndex(l, " ]:"); from >= 0 && to > from &&
				mixed(l[from:to]) {
				lines[i] = l[:from] + "; [ ?" + l[to:]
				changed = true
			}
		case isConstraint(l):
			lines[i] = sortSets(l)
			changed = true
		}
	}
	if tool == "sesearch" && changed {
		slices.Sort(lines[:len(lines)-1]) // the last one is what follows the last newline
	}
	if tool == "seinfo" && changed {
		for i := 0; i < len(lines); i++ {
			start := i
			for i < len(lines) && isConstraint(lines[i]) {
				i++
			}
			slices.Sort(lines[start:i])
		}
	}
	return lines
}

func isConstraint(l string) bool {
	word, _, _ := strings.Cut(strings.TrimLeft(l, " "), " ")
	return word == "constrain" || word == "mlsconstrain" || word == "validatetrans" || word == "mlsvalidatetrans"
}

// mixed reports whether a conditional expression has binary operators of two kinds.
func mixed(expression string) bool {
	kinds := 0
	for _, operator := range []string{" && ", " || ", " ^ ", " == ", " != "} {
		if strings.Contains(expression, operator) {
			kinds++
		}
	}
	return kinds > 1
}

// sortSets sorts the words between braces.
func sortSets(l string) string {
	var out []string
	from := -1
	for _, word := range strings.Split(l, " ") {
		out = append(out, word)
		switch {
		case word == "{":
			from = len(out)
		case word == "}" && from >= 0:
			slices.Sort(out[from : len(out)-1])
			from = -1
		}
	}
	return strings.Join(out, " ")
}

// TestNormalise holds what normalise may and may not change.
func TestNormalise(t *testing.T) {
	for _, test := range []struct{ tool, in, want string }{
		{"seinfo", "   constrain c { x } (t1 == { b a }  or u1 == system); \n   constrain b { z y } (u1 == u2); " +
			"\n\n   zz",
			"   constrain b { y z } (u1 == u2); \n   constrain c { x } (t1 == { a b }  or u1 == system); \n\n   zz"},
		{"seinfo", "   role r types { b a };", "   role r types { b a };"},
		{"sesearch", "allow a b:c { z y }; [ qb && qa ]:True", "allow a b:c { z y }; [ qb && qa ]:True"},
		{"sesearch", "b\nallow a b:c d; [ ( qc && qb || qa ) ]:True\n", "allow a b:c d; [ ? ]:True\nb\n"},
	} {
		if got := strings.Join(normalise(test.tool, test.in), "\n"); got != test.want {
			t.Errorf("%s %q:\n got %q\nwant %q", test.tool, test.in, got, test.want)
		}
	}
}
