package compile_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/cilgen"
)

// source is one source in the text that a test changes.
type source struct{ name, text string }

// sameBuild builds sources with a cache and anew, and compares all that comes out.
// It reports whether they compile.
func sameBuild(t *testing.T, cache *compile.Cache, opts compile.Options, sources []source) bool {
	t.Helper()
	list := make([]*compile.Module, len(sources))
	fresh := make([]*compile.Module, len(sources))
	for i, s := range sources {
		m, err := cache.Module(s.name, []byte(s.text), func() (string, error) { return s.text, nil })
		if err != nil {
			t.Fatal(err)
		}
		list[i], fresh[i] = m, compile.NewModule(parse(t, s.name, s.text))
	}
	got, gotErr := cache.Build(list)
	want, wantErr := compile.Build(fresh, opts)
	if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) {
		t.Fatalf("by a cache: %v\nanew: %v", gotErr, wantErr)
	}
	if wantErr != nil {
		t.Logf("%v", wantErr)
		return false
	}
	a, b := want.Policy.Encode(), got.Policy.Encode()
	if !bytes.Equal(a, b) {
		t.Fatalf("the policies differ: %s", section(a, b))
	}
	if !bytes.Equal(want.FileContexts, got.FileContexts) || !bytes.Equal(want.SEUsers, got.SEUsers) ||
		!bytes.Equal(want.UserPrefixes, got.UserPrefixes) {
		t.Fatalf("the contexts differ:\n%s%s---\n%s%s", want.FileContexts, want.SEUsers, got.FileContexts, got.SEUsers)
	}
	if d := cmp.Diff(want.Gone(), got.Gone()); d != "" {
		t.Fatalf("other optionals went away: %s", d)
	}
	rules := want.Policy.AVTab.Len()
	for n := 0; n < rules; n += 1 + rules/200 {
		if d := cmp.Diff(want.Origins.Rule(n), got.Origins.Rule(n)); d != "" {
			t.Fatalf("rule %d comes from elsewhere: %s", n, d)
		}
	}
	return true
}

// cacheCases are what the module in the middle is, in turn.
const cacheCases = `% rules
(allow a e (file (read)))
--
(allow a e (file (write)))
--

--
(allow e e (file (read))) (neverallow d e (file (read)))
% a violated neverallow, and back

--
(neverallow a b (file (read)))
--

% a type of its own

--
(type own_t) (allow a own_t (file (read)))
--
(type z_t) (type own_t) (allow own_t own_t (file (read)))
--

% a type that an optional elsewhere waits for

--
(type new_t)
--
(type new_t) (allow a a (file (read)))
--

% an optional of its own
(optional o (allow a new_t (file (read))) (type in_t))
--
(type new_t) (optional o (allow a new_t (file (read))) (type in_t))
--
(optional o (optional p (allow a nosuch (file (read)))) (allow a b (file (write))))
% an optional that takes away what another is for
(optional o (type shared_t) (allow a b (file (read))))
--
(optional o (type shared_t) (allow a nosuch (file (read))))
% optionals that depend on each other
(optional o (type x_t))
(optional p (allow a x_t (file (read))) (type y_t))
(optional q (allow a y_t (file (read))))
--
(optional o (type x_t) (allow a nosuch (file (read))))
(optional p (allow a x_t (file (read))) (type y_t))
(optional q (allow a y_t (file (read))))
% aliases
(typealias shared_t) (typealiasactual shared_t a)
--
(typealias shared_t) (typealiasactual shared_t b)
--
(typealias shared_t) (typealiasactual shared_t b) (allow shared_t a (file (read)))
--

% an attribute, kept and not
(typeattribute own) (typeattributeset own (a b)) (allow own own (file (read)))
--
(typeattribute own) (typeattributeset own (a b))
--
(typeattribute own) (allow own own (file (read)))
--
(typeattribute own) (typeattributeset own (not (a))) (neverallow own self (file (write)))
% a type becomes an attribute
(type k)
--
(typeattribute k) (typeattributeset k a)
--
(type k)
% an attribute of others
(typeattributeset at a)
--
(typeattributeset at b)
--

% a boolean
(boolean own true) (booleanif own (true (allow a b (file (write)))))
--
(boolean own false) (booleanif own (true (allow a b (file (write)))))
--
(boolean own false)
(booleanif (not own) (true (allow a b (file (write)))) (false (allow a b (file (ioctl)))))
% labels
(filecon "/x" any ctx)
--
(filecon "/y" file ctx) (filecon "/x.*" any ())
--
(portcon tcp 99 ctx)
% transitions
(typetransition a b file e)
--
(typetransition a b file "n" e)
--
(typetransition a b file d)
% no module
(type own_t)
--
none
--
(type own_t)
--
(type other_t)
% errors

--
(type a)
--
(allow nosuch a (file (read)))
--
(type e1) (type e1)
--
(typo)
--
(type e1)
% a class

--
(class own (x)) (classorder (unordered own)) (allow a b (own (x)))
--

% a block

--
(block blk (type t)) (allow a blk.t (file (read)))
--
(block blk (type t))
--

% bounds
(type kid) (typebounds a kid)
--
(type kid)
--
(type kid) (typebounds a kid) (allow kid d (file (read)))
% a name with a dot
(type dotted)
--

--
(type dotted)
`

// TestCache: whatever changes in a module, a cache builds what a build of all makes.
func TestCache(t *testing.T) {
	const others = `(allow a b (file (read)))
(optional waits (typeattributeset at new_t) (allow a new_t (file (write))))
(optional uses (allow d shared_t (file (read))))
(typeattributeset at e)`
	opts := compile.Options{}
	for _, c := range strings.Split(cacheCases, "% ")[1:] {
		what, changes, _ := strings.Cut(c, "\n")
		t.Run(what, func(t *testing.T) {
			cache := compile.NewCache(opts)
			compiled := false
			last := others
			if strings.Contains(what, "dot") {
				last += ` (optional dot (allow a .dotted (file (read))))`
			}
			for _, text := range strings.Split(strings.TrimSuffix(changes, "\n"), "\n--\n") {
				sources := []source{
					{"base.cil", cilgen.Base}, {"first.cil", "(type first_t)"}, {"middle.cil", text}, {"last.cil", last},
				}
				if text == "none" {
					sources = slices.Delete(sources, 2, 3)
				}
				compiled = sameBuild(t, cache, opts, sources) || compiled
			}
			if !compiled {
				t.Error("nothing compiles")
			}
		})
	}
}

// TestCacheDebian changes modules of Debian's policy at random: statements and
// whole modules go, come back and are changed.
func TestCacheDebian(t *testing.T) {
	if testing.Short() {
		t.Skip("a build of all modules for each change")
	}
	names := testenv.Modules(t, "default")
	var original []source
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		original = append(original, source{filepath.Base(name), string(text)})
	}
	opts := compile.Options{Libsepol: compile.OldestRelease, MLS: ptr(true), DisableNeverallow: true}
	first, n := seeds(t, 12, 200)
	r := rand.New(rand.NewPCG(first, 5))
	cache := compile.NewCache(opts)
	now := slices.Clone(original)
	compiled := 0
	for range n {
		next := slices.Clone(now)
		at := r.IntN(len(next))
		switch r.IntN(8) {
		case 0:
			next = slices.Delete(next, at, at+1)
		case 1:
			next = slices.Clone(original)
		case 2:
			const more = "(type extraN_t)(roletype object_r extraN_t)(allow extraN_t self (process (fork)))"
			next[at].text += strings.ReplaceAll(more, "N", strconv.Itoa(r.IntN(9)))
		default:
			lines := strings.SplitAfter(next[at].text, "\n")
			for range 1 + r.IntN(3) {
				// Whole lines, so that most changes compile.
				if i := r.IntN(len(lines)); strings.Count(lines[i], "(") == strings.Count(lines[i], ")") {
					lines[i] = ""
				}
			}
			next[at].text = strings.Join(lines, "")
		}
		if sameBuild(t, cache, opts, next) {
			compiled++
			now = next
		}
	}
	t.Logf("seed %d: %d of %d changes compile", first, compiled, n)
	if compiled < n/3 {
		t.Errorf("only %d of %d changes compile", compiled, n)
	}
}
