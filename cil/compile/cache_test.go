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

	"github.com/senet-selinux/senet/cil"
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
% types join what a neverallow rule names
(typeattribute na) (neverallow na b (file (read)))
--
(typeattribute na) (typeattributeset na a) (neverallow na b (file (read)))
--
(typeattribute na) (typeattributeset na d) (neverallow na b (file (read)))
--
(typeattribute na) (type nt) (typeattributeset na nt) (neverallow na b (file (read))) (allow nt nt (file (read)))
--
(typeattribute na) (type nt) (typeattributeset na nt) (neverallow na b (file (read))) (allow nt b (file (read)))
--
(type nt) (neverallow nt self (file (read))) (neverallow d notself (file (write)))
--
(type nt) (typeattributeset bt nt) (allow bt bt (file (read))) (neverallow nt self (file (read)))
--
(type nt) (allow d other (file (read))) (neverallow nt other (file (read))) (neverallow d notself (file (write)))
--
(type nt) (type nu) (allow d nu (file (write))) (neverallow d notself (file (write)))
% what a rule about all other types gives is forbidden later
(typeattribute na) (neverallow e na (file (read))) (allow e notself (file (read)))
--
(typeattribute na) (neverallow e na (file (read))) (allow e notself (file (read))) (typeattributeset na e)
--
(typeattribute na) (neverallow e na (file (read))) (allow e notself (file (read))) (typeattributeset na b)
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

% a block, and others that inherit it and add to it
(block tpl (blockabstract tpl) (type t) (allow t t (file (read))))
(block one (blockinherit tpl)) (block two (blockinherit tpl) (type own))
(in one (allow t a (file (write))))
--
(block tpl (blockabstract tpl) (type t) (type t2) (allow t t2 (file (read))))
(block one (blockinherit tpl)) (block two (blockinherit tpl) (type own))
(in one (allow t a (file (write))))
--
(block tpl (blockabstract tpl) (type t) (type t2) (allow t t2 (file (read))))
(block two (blockinherit tpl) (type own) (optional o (allow own nosuch (file (read))) (type gone)))
--
(block two (type own) (optional o (allow own own (file (read))) (type gone)))
% a macro
(macro m ((type x)) (allow x a (file (read))) (type decl)) (call m (b))
--
(macro m ((type x)) (allow x a (file (write))) (type decl)) (call m (b))
--
(call m (b)) (macro m ((type x)) (optional mo (allow x nosuch (file (write)))) (type decl2))
--

% a macro that others call
(macro shared_m ((type x)) (allow x a (file (read))) (type shared_t))
--
(macro shared_m ((type x)) (allow x a (file (write))))
--

% a block that others inherit
(block shared_b (type t) (allow t t (file (read))))
--
(block shared_b (type t) (type u) (allow t u (file (read))) (optional no (allow t nosuch (file (read))) (type v)))
--
(block shared_b)
--

% a macro of others that is called
(call last_m (a))
--
(call last_m (b)) (optional o (call last_m (nosuch)))
--

% a block of others that is inherited, and gets more
(block mine (blockinherit last_b))
--
(block mine (blockinherit last_b) (allow t a (file (read))))
--
(block mine (blockinherit last_b)) (in last_b (type added))
--
(block mine (blockinherit last_b)) (in after last_b (type added))
--

% tunables
(tunable tt true) (tunableif tt (true (allow a b (file (write))) (type yes)) (false (type no))) (type t)
--
(tunable tt false) (tunableif tt (true (allow a b (file (write))) (type yes)) (false (type no))) (type t)
--
(tunable tt false)
% a tunable of others
(tunable shared_tunable true)
--
(tunable shared_tunable false)
--

% an optional that a block of others is in
(optional oo (blockinherit last_b))
--
(optional oo (blockinherit nosuch) (type in_oo))
--

% contexts and levels
(context c1 (u r a (low low))) (filecon "/c1" any c1) (level l1 (s0 (c1))) (levelrange lr (low l1))
--
(context c1 (u r b (low low))) (filecon "/c1" any c1) (level l1 (s0 (c1))) (levelrange lr (low l1))
--
(context c1 (u r b (low l1))) (filecon "/c1" any c1) (level l1 (s0 (c2)))
--

% what others use of contexts, classes of permissions and addresses
(context shared_c (u r a (low low))) (classpermission shared_p) (classpermissionset shared_p (file (read)))
--
(context shared_c (u r b (low low))) (classpermission shared_p) (classpermissionset shared_p (file (write)))
--

% line marks
;;* lms 3 "x.te"
(allow a b (file (write)))
;;* lme
(type after)
--
(type before)
;;* lms 3 "x.te"
(allow a b (file (read)))
;;* lme
(type after)
% comments move what stays
(type one_t)
(allow one_t one_t (file (read)))
--
; one
; two
(type one_t)
(allow one_t one_t (file (read))) (type more_t)
(optional gone (allow nosuch one_t (file (read))))
--
; one
(type one_t)
(type two_t)
(allow one_t one_t (file (read)))
(allow two_t one_t (file (read)))
(optional gone (allow nosuch one_t (file (read))))
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

// TestCache: whatever changes in a module, a cache builds the same as a build of all modules.
func TestCache(t *testing.T) {
	const others = `(allow a b (file (read)))
(optional waits (typeattributeset at new_t) (allow a new_t (file (write))))
(optional uses (allow d shared_t (file (read))))
(optional calls (call shared_m (d)))
(optional inherits (blockinherit shared_b) (allow a t (file (read))))
(optional adds (type added_too) (allow a shared_b.t (file (write))))
(optional labels (filecon "/shared" any shared_c) (allow d e shared_p))
(macro last_m ((type x)) (allow x x (file (read))) (call last_m2 (x)) (type of_m))
(macro last_m2 ((type x)) (optional no (allow x nosuch (file (read)))) (allow x e (file (write))))
(block last_b (type t) (macro inner ((type x)) (allow x t (file (read)))) (call inner (t)))
(block last_c (blockinherit last_b))
(tunable last_tunable true)
(optional tunes (tunableif shared_tunable (true (type tuned)) (false (type untuned))))
(typeattributeset at e)`
	opts := compile.Options{}
	for _, c := range strings.Split(cacheCases, "% ")[1:] {
		what, changes, _ := strings.Cut(c, "\n")
		t.Run(what, func(t *testing.T) {
			cache := compile.NewCache(opts)
			compiled, changes := 0, strings.Split(strings.TrimSuffix(changes, "\n"), "\n--\n")
			last := others
			if strings.Contains(what, "dot") {
				last += ` (optional dot (allow a .dotted (file (read))))`
			}
			for _, text := range changes {
				sources := []source{
					{"base.cil", cilgen.Base}, {"first.cil", "(type first_t)"}, {"middle.cil", text},
					{"last.cil", last},
				}
				if text == "none" {
					sources = slices.Delete(sources, 2, 3)
				}
				if sameBuild(t, cache, opts, sources) {
					compiled++
				}
			}
			if compiled == 0 {
				t.Error("nothing compiles")
			}
			t.Logf("%d of %d compile, %d by changing the last", compiled, len(changes), compile.Mended(cache))
		})
	}
}

// TestCacheRandom changes modules of random CIL, with all that the language has, at
// random.
func TestCacheRandom(t *testing.T) {
	first, n := seeds(t, 40, 2000)
	builds, compiled, mended := 0, 0, 0
	for seed := first; seed < first+uint64(n); seed++ {
		r := rand.New(rand.NewPCG(seed, 8))
		lists := make([][]string, 5)
		all := statements(t, compiling(r))
		for i, s := range all {
			at := len(lists) * i / len(all)
			lists[at] = append(lists[at], s)
		}
		spare := statements(t, compiling(r))
		opts := compile.Options{MultipleDecls: seed%3 == 0, DisableNeverallow: seed%4 == 0}
		cache := compile.NewCache(opts)
		for step := range 12 {
			now := slices.Clone(lists)
			if step > 0 {
				changeOne(r, now, spare)
			}
			sources := []source{{"base.cil", cilgen.Base}}
			for i, list := range now {
				sources = append(sources, source{fmt.Sprintf("%d.cil", i), strings.Join(list, "\n")})
			}
			builds++
			t.Logf("seed %d step %d", seed, step)
			if sameBuild(t, cache, opts, sources) {
				compiled++
				lists = now
			}
		}
		mended += compile.Mended(cache)
	}
	t.Logf("%d builds, %d compile, %d by changing the last", builds, compiled, mended)
	if n > 1 && mended < builds/10 {
		t.Errorf("only %d of %d builds change the last", mended, builds)
	}
}

// compiling returns random CIL that compiles behind cilgen.Base.
func compiling(r *rand.Rand) string {
	for {
		generate := cilgen.New
		if r.IntN(2) == 0 {
			generate = cilgen.NewNewer
		}
		text := generate(r.Uint64()).Text()
		if f, err := cil.ParseFile("", cilgen.Base+text); err == nil {
			if _, err := compile.Compile([]*cil.File{f}, compile.Options{DisableNeverallow: true}); err == nil {
				return text
			}
		}
	}
}

// changeOne changes one of some lists of statements.
func changeOne(r *rand.Rand, lists [][]string, spare []string) {
	at := r.IntN(len(lists))
	list := slices.Clone(lists[at])
	pick := func() int { return r.IntN(len(list)) }
	switch what := r.IntN(8); {
	case what == 0:
		lists[at], lists[(at+1)%len(lists)] = lists[(at+1)%len(lists)], list
		return
	case len(list) == 0 || what < 3:
		list = slices.Insert(list, r.IntN(len(list)+1), spare[r.IntN(len(spare))])
	case what < 5:
		i := pick()
		list = slices.Delete(list, i, i+1)
	case what == 5:
		i, j := pick(), pick()
		list[i], list[j] = list[j], list[i]
	case what == 6:
		list[pick()] += " ; a comment\n\n"
	default:
		i := pick()
		list[i] = strings.Replace(list[i], "read", "write", 1)
	}
	lists[at] = list
}

// statements returns the statements of a source that stand in nothing.
func statements(t *testing.T, text string) []string {
	t.Helper()
	f := parse(t, "", text)
	spans := nodeSpans(f, text)
	var list []string
	for i := uint32(1); i < f.Len(); i = f.Next(i) {
		list = append(list, text[spans[i-1][0]:spans[i-1][1]])
	}
	return list
}

// extras are statements to add to a module of Debian's, with a number for N: some of them depend on
// each other.
var extras = [...]string{
	"(type extraN_t)(roletype object_r extraN_t)(allow extraN_t self (process (fork)))",
	"(block extN (blockabstract extN) (type t) (roletype object_r t) (allow t self (process (fork))))",
	"(block inhN (blockinherit extN) (allow t httpd_t (process (signal))))",
	"(optional opN (blockinherit extN) (allow t t (process (signal))) (type opN_t))",
	"(macro macN ((type x)) (allow x httpd_t (process (signal))) (type of_macN_t))",
	"(call macN (sshd_t))",
	"(optional calN (call macN (crond_t)))",
	"(block inbN (type t)) (in inbN (allow t httpd_t (process (signal))))",
	"(in inhN (allow t sshd_t (process (signal))))",
	"(tunable tunN true) (tunableif tunN (true (type tunN_t)) (false (allow httpd_t sshd_t (process (signal)))))",
	"(boolean booN true) (booleanif booN (true (allow httpd_t crond_t (process (signal)))))",
	"(filecon \"/extraN\" file (system_u object_r httpd_t ((s0) (s0))))",
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
	first, n := seeds(t, 5, 200)
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
			more := extras[r.IntN(len(extras))]
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
	t.Logf("seed %d: %d of %d changes compile, %d by changing the last", first, compiled, n, compile.Mended(cache))
	if compiled < n/3 || n > 4 && compile.Mended(cache) < n/4 {
		t.Errorf("only %d of %d changes compile, %d by changing the last", compiled, n, compile.Mended(cache))
	}
}
