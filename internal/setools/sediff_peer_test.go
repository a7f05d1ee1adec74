package setools_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/policies"
)

// sediffTE are the options of rules that sediff expands. With them it takes forty seconds on a policy of Debian's,
// and ends with a traceback on unusual conditionals.
func sediffTE() []string {
	return []string{"--allow", "--auditallow", "--dontaudit", "-T", "--type_change", "--type_member"}
}

// sediffOthers are the long options of all other sections.
func sediffOthers() []string {
	te := append(sediffTE(), "-A", "--type_trans")
	return slices.DeleteFunc(setools.SediffOptions(), func(option string) bool {
		return !strings.HasPrefix(option, "--") || slices.Contains(te, option)
	})
}

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
	files := smallFiles(t)
	comparedSediff(t, files[0], files[0])
	comparedSediff(t, files[0], files[2])
	comparedSediff(t, append(sediffOthers(), files[0], files[1])...)
	comparedSediff(t, "nosuch", files[0])
	comparedSediff(t, files[0], "nosuch")
}

// smallFiles are small policies that fill every section: of version 33 with and without MLS, and of version 31.
func smallFiles(t *testing.T) (files []string) {
	t.Helper()
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
	return files
}

// TestSediffRandomPeer: pairs of random policies.
func TestSediffRandomPeer(t *testing.T) {
	testenv.Need(t, "sediff", "checkpolicy")
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 3))
	rounds, fell, compared := testenv.Rounds(3, 20), 0, 0
	for range rounds {
		files := randomPair(t, rng)
		comparedSediff(t, append(sediffOthers(), files...)...)
		if comparedSediff(t, append(sediffTE(), files...)...) {
			compared++
		} else {
			fell++
		}
	}
	t.Logf("%d pairs, the rules of %d; the peer cannot tell the rules of %d", rounds, compared, fell)
}

// randomPair compiles two random policies in which each rule grants something.
func randomPair(t *testing.T, rng *rand.Rand) (files []string) {
	t.Helper()
	for len(files) < 2 {
		file, err := policies.NewRandom(rng).Write(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if list := namedPolicies(t, []string{file}); !grantsNothing(list[0]) {
			files = append(files, file)
		}
	}
	return files
}

// TestSediffXperms: a policy holds the extended permissions of one source, target and class as several records.
// 4.4.1 prints one record; senet prints all.
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
	if code := setools.Sediff(files, &out, &complaints); code != 0 || out.String() != want {
		t.Errorf("exit %d, %s\ngot  %q\nwant %q", code, &complaints, out.String(), want)
	}
}

// TestSediffUsage: usage errors have argparse's messages.
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
		code := setools.Sediff(strings.Fields(c.line), &out, &complaints)
		if code != c.code || !strings.HasSuffix(complaints.String(), c.text) || out.Len() > 0 {
			t.Errorf("sediff %s: exit %d, %q, %q", c.line, code, out.String(), complaints.String())
		}
	}
}

// TestSediffDifferences asserts senet's answers where they differ from those of 4.4.1 on purpose, and that the peer's
// differ.
func TestSediffDifferences(t *testing.T) {
	testenv.Need(t, "sediff", "checkpolicy")
	const (
		usual = "allow c c:file write; "
		more  = "allow c c:file { read write };"
		mixed = "if ((qa || qb) && qc) { allow a b:process transition; }"
		empty = "allow b a:file ~{ read write };" // every permission of the class
	)
	with := func(rules string) string {
		text := strings.Replace(quirkPolicy, "allow nobody b:file read;", rules, 1)
		file, err := policies.Compile([]byte(text), policies.Options{Version: 33})
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	plain := with(usual)
	for _, c := range []struct{ name, rules, want, theirs string }{
		{"an expression with its meaning", usual + mixed,
			"Allow Rules (1 Added, 0 Removed, 0 Modified)\n   Added Allow Rules: 1\n" +
				"      + allow a b:process transition; [ qc && ( qb || qa ) ]:True\n\n",
			"[ ( qc && qb || qa ) ]:True\n\n"},
		{"a rule without permissions", usual + empty, "Allow Rules (0 Added, 0 Removed, 0 Modified)\n\n",
			"list index out of range\n"},
		{"the order of permissions", more,
			"Allow Rules (0 Added, 0 Removed, 1 Modified)\n   Modified Allow Rules: 1\n" +
				"      * allow c c:file { write +read };\n\n", "Modified Allow Rules: 1\n"},
	} {
		args := []string{"--allow", plain, with(c.rules)}
		if got := senet(t, "sediff", args...); got != (answer{c.want, 0}) {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
		if theirs := runPeer(t, "sediff", args...); !strings.Contains(theirs.Stdout, c.theirs) {
			t.Errorf("%s: the peer prints %q, want %q in it", c.name, theirs.Stdout, c.theirs)
		}
	}
	bounded := []string{with("type d; typebounds a d;"), with("type d; typebounds b d;")}
	const want = "Typebounds (0 Added, 0 Removed, 1 Modified)\n   Modified Typebounds: 1\n" +
		"      * typebounds +b -a d;\n\n"
	if got := senet(t, "sediff", bounded...); got != (answer{want, 0}) {
		t.Errorf("bounds: %+v, want %q", got, want)
	}
	if theirs := runPeer(t, "sediff", bounded...); theirs != (answer{}) {
		t.Errorf("bounds: the peer prints %+v", theirs)
	}
	comparedSediff(t, append(bounded, "--typebounds")...)
}
