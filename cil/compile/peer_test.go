package compile_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
)

// A setting is one way to call both compilers.
type setting struct {
	flags []string // secilc's
	opts  compile.Options
}

func ptr[T any](v T) *T { return &v }

func version(v uint32) setting {
	return setting{[]string{"-c", fmt.Sprint(v)}, compile.Options{Version: v}}
}

// with joins settings; the options of later ones win where they are not zero.
func with(list ...setting) setting {
	var out setting
	for _, s := range list {
		out.flags = append(out.flags, s.flags...)
		o := &out.opts
		o.Version = max(o.Version, s.opts.Version)
		o.Target = max(o.Target, s.opts.Target)
		if s.opts.MLS != nil {
			o.MLS = s.opts.MLS
		}
		if s.opts.HandleUnknown != nil {
			o.HandleUnknown = s.opts.HandleUnknown
		}
		if s.opts.ExpandSize != nil {
			o.ExpandSize = s.opts.ExpandSize
		}
		o.DisableDontAudit = o.DisableDontAudit || s.opts.DisableDontAudit
		o.DisableNeverallow = o.DisableNeverallow || s.opts.DisableNeverallow
		o.PreserveTunables = o.PreserveTunables || s.opts.PreserveTunables
		o.QualifiedNames = o.QualifiedNames || s.opts.QualifiedNames
		o.MultipleDecls = o.MultipleDecls || s.opts.MultipleDecls
		o.ExpandGenerated = o.ExpandGenerated || s.opts.ExpandGenerated
		o.Optimize = o.Optimize || s.opts.Optimize
	}
	return out
}

var (
	mlsOn         = setting{[]string{"-M", "1"}, compile.Options{MLS: ptr(true)}}
	mlsOff        = setting{[]string{"-M", "0"}, compile.Options{MLS: ptr(false)}}
	noDontAudit   = setting{[]string{"-D"}, compile.Options{DisableDontAudit: true}}
	noNeverallow  = setting{[]string{"-N"}, compile.Options{DisableNeverallow: true}}
	tunables      = setting{[]string{"-P"}, compile.Options{PreserveTunables: true}}
	qualified     = setting{[]string{"-Q"}, compile.Options{QualifiedNames: true}}
	xen           = setting{[]string{"-t", "xen"}, compile.Options{Target: policydb.TargetXen}}
	multiple      = setting{[]string{"-m"}, compile.Options{MultipleDecls: true}}
	generated     = setting{[]string{"-G"}, compile.Options{ExpandGenerated: true}}
	expandFive    = setting{[]string{"-X", "5"}, compile.Options{ExpandSize: ptr(uint32(5))}}
	expandNone    = setting{[]string{"-X", "0"}, compile.Options{ExpandSize: ptr(uint32(0))}}
	optimized     = setting{[]string{"-O"}, compile.Options{Optimize: true}}
	unknownAllow  = setting{[]string{"-U", "allow"}, compile.Options{HandleUnknown: ptr(policydb.UnknownAllow)}}
	unknownReject = setting{[]string{"-U", "reject"}, compile.Options{HandleUnknown: ptr(policydb.UnknownReject)}}
)

// An outcome is a compiler's result for sources.
type outcome struct {
	ok       bool
	code     int // secilc's exit code
	policy   []byte
	contexts []byte
	says     string
}

// A peer is a secilc and the release of its libsepol.
type peer struct {
	release  compile.Release
	command  func(args ...string) *exec.Cmd
	identity func(t testing.TB) string // changes with the program and its libraries
}

// debian12 is the peer that "make setup" installs.
var debian12 = peer{4, func(args ...string) *exec.Cmd { return exec.Command("secilc", args...) },
	once(func(t testing.TB) string { return testenv.Program(t, "secilc") })}

// once calls a function when its result is first needed.
func once(f func(t testing.TB) string) func(t testing.TB) string {
	var first sync.Once
	var text string
	return func(t testing.TB) string {
		first.Do(func() { text = f(t) })
		return text
	}
}

// newer returns the peers of newer releases, those that can be had.
func newer(t *testing.T) []peer {
	t.Helper()
	programs := oracle.SourceSecilcs(t)
	for _, suite := range []string{"trixie", "sid"} {
		s, err := oracle.FetchSecilc(suite)
		if err != nil {
			t.Logf("secilc of Debian %s: %v", suite, err)
			continue
		}
		programs = append(programs, s)
	}
	var list []peer
	for _, s := range programs {
		release, err := compile.ParseRelease(releaseOf(s.Version))
		if err != nil {
			t.Log(err)
			continue
		}
		list = append(list, peer{release, s.Command, once(func(t testing.TB) string {
			files, err := s.Files()
			if err != nil {
				t.Fatal(err)
			}
			return testenv.Files(t, files...)
		})})
	}
	slices.SortFunc(list, func(a, b peer) int { return int(a.release) - int(b.release) })
	if len(list) == 0 {
		testenv.Missing(t, "no secilc of another release of Debian can be had")
	}
	return list
}

// releaseOf cuts a version such as 3.8.1 to the release 3.8.
func releaseOf(version string) string {
	parts := strings.Split(version, ".")
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// secilc compiles files that are the same in each run with the peer of Debian 12.
func secilc(t testing.TB, s setting, files ...string) outcome {
	t.Helper()
	return debian12.compileKept(t, s, files...)
}

// compileKept is compile for sources that are the same in each run: what the peer makes of them is
// kept from run to run. A peer that does not end by itself fails the test, and nothing is kept.
func (p peer) compileKept(t testing.TB, s setting, files ...string) (o outcome) {
	t.Helper()
	key := fmt.Sprintf("%s %q\n", p.identity(t), arguments(s, "policy", "contexts"))
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		key += fmt.Sprintf("%s %x\n", filepath.Base(name), sha256.Sum256(text))
	}
	kept := testenv.KeptJSON(t, "secilc-answers", key, func() keptOutcome {
		made := p.compile(t, s, files...)
		if made.code < 0 {
			t.Fatal(made.says)
		}
		return keptOutcome{made.ok, made.code, made.policy, made.contexts, made.says}
	})
	return outcome{kept.OK, kept.Code, kept.Policy, kept.Contexts, kept.Says}
}

// A keptOutcome is an outcome as a file has it.
type keptOutcome struct {
	OK               bool
	Code             int
	Policy, Contexts []byte
	Says             string
}

// arguments are those of a secilc before the files.
func arguments(s setting, policy, contexts string) []string {
	return append(slices.Clone(s.flags), "-o", policy, "-f", contexts)
}

// compile compiles files with the peer.
func (p peer) compile(t testing.TB, s setting, files ...string) outcome {
	t.Helper()
	dir := t.TempDir()
	policy, contexts := filepath.Join(dir, "policy"), filepath.Join(dir, "contexts")
	out, err := p.command(append(arguments(s, policy, contexts), files...)...).CombinedOutput()
	if err != nil {
		code := -1
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			code = exit.ExitCode()
		}
		return outcome{code: code, says: fmt.Sprintf("%v: %s", err, out)}
	}
	o := outcome{ok: true, says: string(out)}
	if o.policy, err = os.ReadFile(policy); err != nil {
		t.Fatal(err)
	}
	if o.contexts, err = os.ReadFile(contexts); err != nil {
		t.Fatal(err)
	}
	return o
}

// ours compiles files with this package, as the secilc of Debian 12 does.
func ours(t testing.TB, s setting, files ...string) outcome {
	t.Helper()
	return debian12.ours(t, s, files...)
}

// ours compiles files with this package, as the peer does.
func (p peer) ours(t testing.TB, s setting, files ...string) outcome {
	t.Helper()
	var list []*cil.File
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := cil.ParseFile(filepath.Base(name), string(text))
		if err != nil {
			return outcome{code: 255, says: err.Error()}
		}
		list = append(list, f)
	}
	s.opts.Libsepol = p.release
	if s.opts.Version == 0 {
		s.opts.Version = p.release.Version()
	}
	r, err := compile.Compile(list, s.opts)
	if err != nil {
		code := 255
		if found := (*compile.Errors)(nil); errors.As(err, &found) {
			code = map[compile.Kind]int{compile.Other: 255, compile.Missing: 254,
				compile.Conflict: 239, compile.Overflow: 181}[found.List[0].Kind]
		}
		return outcome{code: code, says: err.Error()}
	}
	return outcome{ok: true, policy: r.Policy.Encode(), contexts: r.FileContexts}
}

// differ describes the difference of two outcomes, "" if there is none.
func differ(peer, own outcome) string {
	switch {
	case peer.ok != own.ok:
		return fmt.Sprintf("secilc: %v %s\nsenet: %v %s", peer.ok, peer.says, own.ok, own.says)
	case peer.code != own.code:
		return fmt.Sprintf("secilc exits %d %s\nsenet: %d %s", peer.code, peer.says, own.code, own.says)
	case !bytes.Equal(peer.policy, own.policy):
		return "the policies differ: " + section(peer.policy, own.policy)
	case !bytes.Equal(peer.contexts, own.contexts):
		return fmt.Sprintf("the file contexts differ:\n%s---\n%s", peer.contexts, own.contexts)
	}
	return ""
}

// section names the first section in which two policies differ.
func section(peer, own []byte) string {
	at := 0
	for at < len(peer) && at < len(own) && peer[at] == own[at] {
		at++
	}
	p, err := policydb.Decode(peer)
	if err != nil {
		return fmt.Sprintf("at byte %d; secilc's does not decode: %v", at, err)
	}
	q, err := policydb.Decode(own)
	if err != nil {
		return fmt.Sprintf("at byte %d; senet's does not decode: %v", at, err)
	}
	return fmt.Sprintf("at byte %d of %d and %d:%s", at, len(peer), len(own), fields(p, q))
}
