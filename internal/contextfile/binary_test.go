package contextfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
)

// here returns what the compiled form depends on of this system.
func here(t testing.TB) *library {
	t.Helper()
	l := findLibrary(sysroot.Root{})
	if l == nil {
		testenv.Missing(t, "a libselinux of 2.7 to 3.7 with PCRE2")
	}
	return l
}

// peer compiles a file with sefcontext_compile.
func peer(t testing.TB, dir, program string, text []byte, flags ...string) ([]byte, error) {
	t.Helper()
	from, to := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	if err := os.WriteFile(from, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, append(flags, "-o", to, from)...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	b, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return b, nil
}

// installed returns the files of contexts that policies of this system have.
func installed(t testing.TB) [][]byte {
	t.Helper()
	var list [][]byte
	names, _ := filepath.Glob("/etc/selinux/*/contexts/files/file_contexts*")
	for _, name := range names {
		if strings.HasSuffix(name, ".bin") || strings.Contains(name, ".subs") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if len(list) == 0 {
		testenv.Missing(t, "a policy with file contexts")
	}
	return list
}

// TestAgainstSefcontextCompile: the compiled form has the bytes of sefcontext_compile -r, for the
// files of the installed policies and for random ones. Both refuse the same files.
func TestAgainstSefcontextCompile(t *testing.T) {
	testenv.Need(t, "sefcontext_compile")
	compareForms(t, here(t), "sefcontext_compile")
}

// TestTree is the same for the form of libselinux 3.8 and newer.
func TestTree(t *testing.T) {
	eachTree(t, func(t *testing.T, l *library, s *oracle.Semodule) {
		compareForms(t, l, s.Program(t, "sefcontext_compile"))
	})
}

// eachTree runs a test with the library and the programs of each suite of Debian that has the newer form.
func eachTree(t *testing.T, test func(t *testing.T, l *library, s *oracle.Semodule)) {
	t.Helper()
	for _, suite := range []string{"trixie", "sid"} {
		t.Run(suite, func(t *testing.T) {
			s := oracle.NeedSemodule(t, suite)
			root, err := sysroot.Open(s.Dir())
			if err != nil {
				t.Fatal(err)
			}
			l := findLibrary(root)
			if l == nil || !l.tree {
				t.Fatalf("libselinux of %s is not recognized: %+v", suite, l)
			}
			test(t, l, s)
		})
	}
}

// compareForms compares the form that a library reads with what its program writes.
func compareForms(t *testing.T, l *library, program string) {
	t.Helper()
	dir := t.TempDir()
	texts := installed(t)
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 9))
	first := len(texts)
	for range testenv.Rounds(150, 3000) {
		texts = append(texts, randomContexts(rng))
	}
	last := len(texts)
	texts = append(texts, nil, []byte("\n"), []byte("# x\n"), []byte("/a\tu:r:t"), []byte("/a u:r:t\r\n"),
		[]byte("/a -d u:r:t more\n"), []byte("/a -x u:r:t\n"), []byte("/a\n"), []byte("/\xc3\xa4 u:r:t\n"),
		[]byte("/a -- u:r:t \xc3\xa4\n"), []byte("a/b u:r:t\n"), []byte("// u:r:t\n/ u:r:t\n"), []byte("\\ u:r:t\n"),
		[]byte(" \v/a\f-l  <<none>>\n#\n"), []byte("/a//b/c//d/e u:r:t\n/a//b(/.*)? u:r:t\n(/x)/y u:r:t\n"),
		[]byte("/a -- u:r:t\n/a u:r:v\n/a -d u:r:t\n/a -l u:r:w\n/a -b u:r:t\n"),
		[]byte("/a{,}b{,2}c{1,}+d{1}{,3}x u:r:t\n"), []byte("/(a|{,3}) u:r:t\n"), []byte("/({,3}|a) u:r:t\n"))
	if l.tree {
		texts = append(texts, []byte("/"+strings.Repeat("x", 70_000)+" u:r:t\n"))
	}
	refused := 0
	for i, text := range texts {
		want, errWant := peer(t, dir, program, text, "-r")
		err := CheckExpressions(text, l.pcre)
		var got []byte
		if err == nil {
			got, err = l.encode(File{Name: "in", Data: text})
		}
		if (err != nil) != (errWant != nil) {
			t.Fatalf("%.2000q:\nsefcontext_compile: %v\nwe: %v", text, errWant, err)
		}
		if err != nil {
			refused++
			if !errors.Is(err, ErrContexts) {
				t.Errorf("%q: %v", text, err)
			}
			continue
		}
		// A usual run compiles one random file in four with code, too.
		if testenv.Long() || i < first || i >= last || i%4 == 0 {
			full, err := peer(t, dir, program, text)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(withoutCode(full), want) || !bytes.Equal(withoutCode(want), want) {
				t.Fatalf("%.500q: without code it is %.900q, not %.900q", text, withoutCode(full), want)
			}
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%.500q:\n%.900q\nsefcontext_compile -r:\n%.900q", text, got, want)
		}
	}
	t.Logf("%d files, %d of them refused by both", len(texts), refused)
	if refused < 4 || refused > len(texts)/2 {
		t.Errorf("%d of %d files are refused", refused, len(texts))
	}
}

// randomContexts makes a file of contexts.
func randomContexts(rng *rand.Rand) []byte {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	var b bytes.Buffer
	for range rng.IntN(20) {
		path := pick("/", "/", "/", "")
		for range rng.IntN(6) {
			path += pick("a", "usr", "b.c", `\.x`, "/", "/etc/", "(/.*)?",
				"[^/]+", "x+", `d\+`, "/srv", "$", "-", "^",
				`\d`, "(a|b)", "_,", "{,2}", "{x}", "[a-z]*", "[]{2}]", "(?!x)", "(?:y)+", "[^]+]", "[[:alpha:]*]",
				`\$+`,
				"a{2,}?", "z++", `\Q(\E*`, "(?#()", "[b-c-a]", `[a\-z]`, "[!--]", "(?>x)?")
			if rng.IntN(80) == 0 { // what is often wrong
				path += pick("?", "*", "{3,1}", "++", "{2}", "(", ")", "[z-a]", "[", "{70000}")
			}
		}
		if path == "" || rng.IntN(100) == 0 {
			path = pick("/", "x", `/\\`)
		}
		kind := pick("", "", " --", " -d", "\t-l ", " -b", " -c", " -p", " -s")
		if rng.IntN(200) == 0 {
			kind = pick(" -x", " d", " ---")
		}
		b.WriteString(pick("", "", " ") + path + kind + pick(" ", "\t", "   ") +
			pick("system_u:object_r:etc_t:s0", "<<none>>", "u:r:t") + pick("\n", "\n", " \n", "\n# x\n\n"))
	}
	return b.Bytes()
}

// TestLookups looks up at least 10,000 paths with libselinux: once in the compiled file of this
// package, once in that of sefcontext_compile. All labels must be equal. The paths come from the
// lines of the file and from this system. The text file next to each compiled one has a wrong
// label for every path, which shows that libselinux reads the compiled file.
func TestLookups(t *testing.T) {
	testenv.Need(t, "sefcontext_compile", "matchpathcon")
	compareLookups(t, here(t), "sefcontext_compile", "matchpathcon")
}

// TestTreeLookups is the same for libselinux 3.8 and newer.
func TestTreeLookups(t *testing.T) {
	eachTree(t, func(t *testing.T, l *library, s *oracle.Semodule) {
		compareLookups(t, l, s.Program(t, "sefcontext_compile"), s.Program(t, "matchpathcon"))
	})
}

func compareLookups(t *testing.T, l *library, compiler, matcher string) {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile("/etc/selinux/default/contexts/files/file_contexts")
	if err != nil {
		testenv.Missing(t, err.Error())
	}
	theirs, err := peer(t, dir, compiler, text)
	if err != nil {
		t.Fatal(err)
	}
	ours, err := l.encode(File{Name: "file_contexts", Data: text})
	if err != nil {
		t.Fatal(err)
	}
	place := func(name string, form []byte) string {
		file := filepath.Join(dir, name, "file_contexts")
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		wrong := []byte("/.* system_u:object_r:wrong_t:s0\n")
		for path, data := range map[string][]byte{file: wrong, file + ".bin": form} {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		old := time.Now().Add(-time.Hour)
		if err := os.Chtimes(file, old, old); err != nil {
			t.Fatal(err)
		}
		return file
	}
	a, b := place("theirs", theirs), place("ours", ours)
	paths := pathsOf(t, text)
	if len(paths) < 10_000 {
		t.Errorf("only %d paths", len(paths))
	}
	labels := make(map[string]bool)
	for len(paths) > 0 {
		some := paths[:min(8000, len(paths))]
		paths = paths[len(some):]
		modes := []string{"dir", "file", "symlink"}
		if !testenv.Long() {
			modes = modes[:1]
		}
		for _, mode := range modes {
			ask := func(file string) string {
				cmd := exec.Command(matcher, append([]string{"-m", mode, "-f", file}, some...)...)
				var errs bytes.Buffer
				cmd.Stderr = &errs
				out, _ := cmd.Output() // it fails where a path has no label
				if errs.Len() > 0 {
					t.Fatalf("matchpathcon: %s", &errs)
				}
				return string(out)
			}
			want, got := ask(a), ask(b)
			if want != got {
				t.Fatalf("%s: %s", mode, firstDifference(want, got))
			}
			if n := strings.Count(got, "\n"); n != len(some) {
				t.Fatalf("%d answers to %d paths", n, len(some))
			}
			for line := range strings.Lines(got) {
				labels[line[strings.LastIndexByte(line, '\t')+1:]] = true
			}
		}
	}
	if len(labels) < 300 || labels["system_u:object_r:wrong_t:s0\n"] {
		t.Errorf("%d labels", len(labels))
	}
}

// firstDifference returns the first lines that differ.
func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("%q, not %q", y[i], x[i])
		}
	}
	return fmt.Sprintf("%d lines, not %d", len(y), len(x))
}

// pathsOf returns paths that the lines of a file of contexts are about, and those of this system.
func pathsOf(t *testing.T, text []byte) []string {
	t.Helper()
	var paths []string
	plain := strings.NewReplacer("(/.*)?", "/x", ".*", "y", "[^/]*", "z", "[^/]+", "w", `\.`, ".", `\+`, "+", "(", "",
		")?",
		"", ")", "", "?", "", "+", "", "*", "", `\`, "")
	for line := range strings.Lines(string(text)) {
		if path, _, _, ok := Fields(line); ok {
			one := plain.Replace(path)
			first, _, _ := strings.Cut(one, "|")
			paths = append(paths, first, first+"/below", strings.TrimSuffix(first, "/x"))
		}
	}
	for _, top := range []string{"/usr", "/etc", "/var"} {
		_ = filepath.WalkDir(top, func(path string, _ os.DirEntry, err error) error {
			if err == nil && len(paths) < 24_000 && !strings.Contains(path, "\n") {
				paths = append(paths, path)
			}
			return nil
		})
	}
	return paths
}

// TestLibraryOf: the architecture and PCRE's version are read from the libraries. If one of them
// does not have it, the result is nil.
func TestLibraryOf(t *testing.T) {
	elf := func(class, data byte, rest string) []byte {
		return append([]byte{0x7f, 'E', 'L', 'F', class, data}, "\x00\x00"+rest...)
	}
	const version = "x\x0010.42 2022-12-11\x00y"
	for _, c := range []struct {
		selinux, pcre []byte
		arch          string
		order         binary.AppendByteOrder
	}{
		{elf(2, 1, ""), elf(2, 1, version), "8-8-el", binary.LittleEndian},
		{elf(2, 2, ""), elf(2, 2, version), "8-8-eb", binary.BigEndian},
		{elf(1, 1, ""), elf(1, 1, version), "4-4-el", binary.LittleEndian},
		{elf(2, 1, ""), elf(1, 1, version), "", nil},
		{elf(3, 1, ""), elf(3, 1, version), "", nil},
		{elf(2, 0, ""), elf(2, 0, version), "", nil},
		{elf(2, 1, ""), elf(2, 1, "10.42 2022-12\x00"), "", nil},
		{elf(2, 1, ""), elf(2, 1, version+"\x0010.43 2024-01-01\x00"), "", nil},
		{elf(2, 1, ""), elf(2, 1, "\x00 2022-12-11\x00"), "", nil},
		{nil, elf(2, 1, version), "", nil},
	} {
		l := libraryOf(c.selinux, c.pcre)
		switch {
		case c.arch == "" && l != nil:
			t.Errorf("%q: %+v", c.pcre, l)
		case c.arch != "" && (l == nil || *l != library{pcre: "10.42 2022-12-11", arch: c.arch, order: c.order}):
			t.Errorf("%q: %+v", c.pcre, l)
		}
	}
}

// TestWithoutProgram: without sefcontext_compile the compiled file is written in the form that the
// system's libselinux reads. If that is not known the file is removed.
func TestWithoutProgram(t *testing.T) {
	l := here(t)
	root := t.TempDir()
	files := []File{{Name: "file_contexts", Data: []byte("/srv(/.*)? u:r:t\n")}}
	alone := true
	makeRoot := func(selinux, pcre string) []File {
		t.Helper()
		for name, text := range map[string]string{"libselinux.so.1": selinux, "libpcre2-8.so.0": pcre} {
			path := filepath.Join(root, "usr/lib64", name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r, err := sysroot.Open(root)
		if err != nil {
			t.Fatal(err)
		}
		m := Maker{Root: r, Dir: "/etc/selinux/x/contexts/files", alone: alone}
		list, err := m.Compile(files)
		if err != nil || len(list) != 1 || list[0].Name != "file_contexts.bin" {
			t.Fatalf("%+v %v", list, err)
		}
		return list
	}
	head := "\x7fELF\x02\x01\x00"
	pcre := head + "\x00" + l.pcre + "\x00"
	old := head + "libpcre2-8.so.0\x00"
	want, err := (&library{pcre: l.pcre, arch: "8-8-el", order: binary.LittleEndian}).encode(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if got := makeRoot(old, pcre)[0]; got.Remove || !bytes.Equal(got.Data, want) {
		t.Errorf("an old libselinux: %+v", got)
	}
	want, err = (&library{pcre: l.pcre, arch: "8-8-el", tree: true}).encode(files[0])
	if err != nil {
		t.Fatal(err)
	}
	newer := old + "Unsupported compiled fcontext version\x00"
	if got := makeRoot(newer, pcre)[0]; got.Remove || !bytes.Equal(got.Data, want) {
		t.Errorf("libselinux 3.8: %+v", got)
	}
	// An image whose libselinux reads another form than this system's program writes.
	alone = false
	if got := makeRoot(newer, pcre)[0]; got.Remove || !bytes.Equal(got.Data, want) {
		t.Errorf("an image with libselinux 3.8: %+v", got)
	}
	alone = true
	for name, list := range map[string][]File{
		"PCRE1": makeRoot(head+"libpcre.so.3\x00", pcre),
		"none":  makeRoot(old, head),
	} {
		if !list[0].Remove {
			t.Errorf("%s: %+v", name, list[0])
		}
	}
	m := Maker{alone: alone}
	open := File{Name: "file_contexts", Data: []byte("/a(b u:r:t\n")}
	if _, err := m.Compile([]File{open}); !errors.Is(err, ErrContexts) {
		t.Errorf("an open parenthesis: %v", err)
	}
}
