package setools

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/documents"
	"github.com/senet-selinux/senet/test/policies"
)

// compileInfo compiles a policy of testdata.
func compileInfo(t testing.TB, name string, o policies.Options) string {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	conf, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	path, err := policies.Compile(conf, o)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func infoPolicy(t testing.TB) string {
	return compileInfo(t, "info.conf", policies.Options{Version: 33, MLS: true})
}

// ask runs Seinfo and returns its output on both streams.
func ask(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = Seinfo(args, &out, &errs)
	return checkDocument(args, out.String(), errs.String(), code)
}

// checkDocument checks a JSON answer against its schema. An answer that does not agree with the schema is an error.
func checkDocument(args []string, out, errs string, code int) (stdout, stderr string, _ int) {
	if slices.Contains(args, "--json") && strings.HasPrefix(out, "{") {
		if err := documents.Check([]byte(out)); err != nil {
			return out, errs + err.Error(), 99
		}
	}
	return out, errs, code
}

// TestSeinfoAll has one case for each rule of the output: testdata/info.conf says which.
func TestSeinfoAll(t *testing.T) {
	path := infoPolicy(t)
	golden, err := os.ReadFile("testdata/info.golden")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(string(golden), "POLICY", path, 1)
	got, stderr, code := ask("--all", "-x", path)
	if code != 0 || got != want {
		t.Errorf("seinfo --all -x: code %d, standard output\n%s\nwant\n%s", code, got, want)
	}
	if want := "Nodecon with network 10.1.2.3 255.255.0.0 has host bits set."; !strings.Contains(stderr, want) {
		t.Errorf("standard error %q has not %q", stderr, want)
	}
}

func TestSeinfoLines(t *testing.T) {
	path := infoPolicy(t)
	const context = " two_u:system_r:zz_t:s0:c0.c1\n"
	for _, c := range []struct {
		about string
		args  []string
		want  string
		code  int
	}{
		{"a type by name", []string{"-t", "zz_t"}, "\nTypes: 1\n   zz_t\n", 0},
		{"a type by alias, printed by name", []string{"-t", "gamma_t"}, "\nTypes: 1\n   c_t\n", 0},
		{"several aliases in libsepol's order, attributes by value", []string{"-x", "--flat", "-t", "b_t"},
			"type b_t alias { alpha_t beta_t }, domain;\n", 0},
		{"an unknown name is no error", []string{"-t", "nosuch_t"}, "\nTypes: 0\n", 0},
		{"an attribute is no type", []string{"-t", "domain"}, "\nTypes: 0\n", 0},
		{"an attribute without members", []string{"-x", "-a", "hollow"},
			"\nType Attributes: 1\n   attribute hollow;\n\t<empty attribute>\n", 0},
		{"permissive types are not found by alias", []string{"--permissive", "gamma_t"}, "\nPermissive Types: 0\n", 0},
		{"permissive types as statements", []string{"--permissive", "c_t", "-x"},
			"\nPermissive Types: 1\n   type c_t alias gamma_t;\n", 0},
		{"a category by alias", []string{"--category", "only", "-x"}, "\nCategories: 1\n   category c1 alias only;\n",
			0},
		{"a sensitivity by alias", []string{"--sensitivity", "mike"}, "\nSensitivities: 1\n   s0\n", 0},
		{"a class without permissions of its own ends after its common", []string{"-c", "bare", "-x"},
			"\nClasses: 1\n   class bare\ninherits sock\n\n", 0},
		{"a user with one role, and a range of categories", []string{"-u", "one_u", "-x", "--flat"},
			"user one_u roles one_r level s0 range s0 - s1:c0.c2,c4;\n", 0},
		{"object_r has no types", []string{"-r", "object_r", "-x", "--flat"}, "role object_r types {  };\n", 0},
		{"roles of a type", []string{"--role_types", "b_t"}, "\nRoles: 2\n   many_r\n   system_r\n", 0},
		{"constraints of a class", []string{"--constrain", "dir"},
			"\nConstraints: 1\n   constrain dir search (r1 dom r2); \n", 0},
		{"validatetrans of a class, names of a set sorted", []string{"--validatetrans", "dir"},
			"\nValidatetrans: 1\n   validatetrans dir (u3 == { one_u two_u } );\n", 0},
		{"classes are looked up", []string{"--constrain", "nosuch"}, "nosuch is not a valid class\n", 1},
		{"the first component's error in the order of listing", []string{"--validatetrans", "b", "--default", "a"},
			"a is not a valid class\n", 1},
		{"no component is listed before an error", []string{"-t", "--nodecon", "abc"},
			"'abc' does not appear to be an IPv4 or IPv6 network\n", 1},
		{"defaults of a class", []string{"--default", "dir"}, "\nDefault rules: 1\n   default_range dir glblub;\n", 0},
		{"the child of a bound", []string{"--typebounds", "child_t"},
			"\nTypebounds: 1\n   typebounds parent_t child_t;\n", 0},
		{"not its parent", []string{"--typebounds", "parent_t"}, "\nTypebounds: 0\n", 0},
		{"initial SIDs as names", []string{"--initialsid", "kernel"}, "\nInitial SIDs: 1\n   kernel\n", 0},
		{"initial SIDs as statements", []string{"--initialsid", "kernel", "-x"},
			"\nInitial SIDs: 1\n   sid kernel" + context, 0},
		{"portcons that contain a port, sorted as text", []string{"--portcon", "80"}, "\nPortcon: 3\n" +
			"   portcon tcp 1-1023" + context + "   portcon tcp 80 two_u:system_r:port_t:s0:c0.c1\n" +
			"   portcon udp 80 two_u:system_r:b_t:s0:c0.c1\n", 0},
		{"port 0 is a port", []string{"--portcon", "0"},
			"\nPortcon: 1\n   portcon tcp 0 two_u:system_r:c_t:s0:c0.c1\n", 0},
		{"portcons that contain a range", []string{"--portcon", "80-81"},
			"\nPortcon: 1\n   portcon tcp 1-1023" + context, 0},
		{"a nodecon by network", []string{"--nodecon", "10.0.0.0/8"},
			"\nNodecon: 1\n   nodecon 10.0.0.0 255.0.0.0" + context, 0},
		{"not by an address in it", []string{"--nodecon", "10.0.0.1"}, "\nNodecon: 0\n", 0},
		{"a nodecon with host bits, by its network", []string{"--nodecon", "10.1.0.0/255.255.0.0"},
			"\nNodecon: 1\n   nodecon 10.1.0.0 255.255.0.0 two_u:system_r:b_t:s0:c0.c1\n", 0},
		{"a nodecon of IPv4 in IPv6", []string{"--nodecon", "::ffff:1.2.3.4", "--flat"},
			"nodecon ::ffff:102:304 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" + context, 0},
		{"ibpkeycons by exactly their range", []string{"--ibpkeycon", "0x1-0x50"},
			"\nIbpkeycon: 1\n   ibpkeycon fe80:: 0x1-0x50" + context, 0},
		{"not by a key in it", []string{"--ibpkeycon", "0x2"}, "\nIbpkeycon: 0\n", 0},
		{"Xen components of an SELinux policy are not there", []string{"-b", "--pirqcon"},
			"\nBooleans: 2\n   off_b\n   on_b\n", 0},
	} {
		got, _, code := ask(append(c.args, "--", path)...)
		if got != c.want || code != c.code {
			t.Errorf("%s: seinfo %q: code %d\n%q\nwant %d\n%q", c.about, c.args, code, got, c.code, c.want)
		}
	}
}

// TestSeinfoOpen: SETools' message about a file that it cannot read stands on standard output.
func TestSeinfoOpen(t *testing.T) {
	dir := t.TempDir()
	text := dir + "/policy.conf"
	if err := os.WriteFile(text, []byte("class file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	invalid := func(path string) string {
		return "Invalid policy: " + path + ". A binary policy must be specified. (use e.g. policy.33 or sepolicy) " +
			"Source policies are not supported.\n"
	}
	for path, want := range map[string]string{
		dir + "/none":   "[Errno 2] No such file or directory: '" + dir + "/none'\n",
		text + "/below": "[Errno 20] Not a directory: '" + text + "/below'\n",
		dir:             invalid(dir),
		text:            invalid(text),
	} {
		if got, _, code := ask(path); got != want || code != 1 {
			t.Errorf("seinfo %s: code %d, %q; want %q", path, code, got, want)
		}
	}
	if got, stderr, code := ask("--debug", text); got != "" || !strings.Contains(stderr, invalid(text)) || code != 1 {
		t.Errorf("seinfo --debug %s: code %d, %q, %q", text, code, got, stderr)
	}
}

// TestSeinfoXen: 4.4.1 prints no Xen component, so the text is that of newer releases.
func TestSeinfoXen(t *testing.T) {
	path := compileInfo(t, "info-xen.conf", policies.Options{Version: 30, Target: policies.Xen})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--devicetreecon"}, "\nDevicetreecon: 1\n   devicetreecon /soc/uart u:r:dev_t\n"},
		{[]string{"--devicetreecon=/soc"}, "\nDevicetreecon: 0\n"},
		{[]string{"--iomemcon"}, "\nIomemcon: 2\n   iomemcon 0x0fe0-0x0fef u:r:dev_t\n   iomemcon 0x12345 u:r:dev_t\n"},
		{[]string{"--iomemcon=0xfe1-fe2"}, "\nIomemcon: 1\n   iomemcon 0x0fe0-0x0fef u:r:dev_t\n"},
		{[]string{"--ioportcon=70"}, "\nIoportcon: 1\n   ioportcon 0x0070 u:r:dev_t\n"},
		{[]string{"--pcidevicecon=0xc800"}, "\nPcidevicecon: 1\n   pcidevicecon 0xc800 u:r:dev_t\n"},
		{[]string{"--pirqcon=33"}, "\nPirqcon: 1\n   pirqcon 33 u:r:dev_t\n"},
		{[]string{"--pirqcon=0x21"}, "invalid literal for int() with base 10: '0x21'\n"},
		{[]string{"--portcon"}, "\nPortcon: 0\n"},
		{[]string{"-r", "-x"}, "\nRoles: 2\n   role object_r types {  };\n   role r types { dev_t xen_t };\n"},
	} {
		if got, _, _ := ask(append(c.args, "--", path)...); got != c.want {
			t.Errorf("seinfo %q:\n%q\nwant\n%q", c.args, got, c.want)
		}
	}
	got, _, _ := ask(path)
	for _, line := range []string{
		"Policy Version:             30 (MLS disabled)\nTarget Policy:              xen\n",
		"\n  Initial SIDs:          2    Devicetreecon:         1\n" +
			"  Iomemcon:              2    Ioportcon:             2\n" +
			"  Pcidevicecon:          1    Pirqcon:               1\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("the summary has not %q:\n%s", line, got)
		}
	}
}

// TestSeinfoNamelessAttributes: in policies of versions 20 to 23 attributes have no name, and 4.4.1
// cannot read the files.
func TestSeinfoNamelessAttributes(t *testing.T) {
	conf := `class file
sid kernel
class file { read }
attribute some;
attribute none;
type a_t, some;
type b_t, some;
role r; role r types a_t;
allow some self:file read;
user u roles r;
sid kernel u:r:a_t
`
	testenv.Need(t, "checkpolicy")
	for _, version := range []int{20, 21, 22, 23} {
		path, err := policies.Compile([]byte(conf), policies.Options{Version: version})
		if err != nil {
			t.Fatal(err)
		}
		got, _, _ := ask("-a", "-t", "-x", "--flat", "--", path)
		// The compiler decides which numbers they have.
		some, _, _ := strings.Cut(strings.TrimPrefix(got, "type a_t, "), ";")
		none := "@ttr0000000003"
		if some == none {
			none = "@ttr0000000004"
		}
		full := "attribute " + some + ";\n\ta_t\n\tb_t\n"
		empty := "attribute " + none + ";\n\t<empty attribute>\n"
		types := "type a_t, " + some + ";\ntype b_t, " + some + ";\n"
		if got != types+full+empty && got != types+empty+full {
			t.Errorf("version %d:\n%s", version, got)
		}
		if got, _, _ = ask(path); !strings.Contains(got, "  Types:                 2    Attributes:            2\n") {
			t.Errorf("version %d:\n%s", version, got)
		}
	}
}

// TestSeinfoVersions: every version a compiler writes, without MLS where the format has none.
func TestSeinfoVersions(t *testing.T) {
	for version := 15; version <= 33; version++ {
		o := policies.Options{Version: version, MLS: version >= 19}
		conf, err := os.ReadFile("testdata/info-old.conf")
		if err != nil {
			t.Fatal(err)
		}
		testenv.Need(t, "checkpolicy")
		if o.MLS {
			conf = []byte(strings.NewReplacer("#MLS ", "", ":r:a_t", ":r:a_t:s0", "roles r;",
				"roles r level s0 range s0;").
				Replace(string(conf)))
		}
		path, err := policies.Compile(conf, o)
		if err != nil {
			t.Fatal(err)
		}
		got, _, code := ask("-t", "-c", "-r", "-u", "--portcon", "--initialsid", "--constrain", "-x", "--flat", "--",
			path)
		want := "class file\n{\n\tread\n\twrite\n}\nconstrain file read (t1 == a_t); \nsid kernel u:r:a_t\nportcon " +
			"tcp 22 u:r:a_t\n" +
			"role object_r types {  };\nrole r types { a_t b_t };\ntype a_t;\ntype b_t alias c_t;\nuser u roles r;\n"
		if o.MLS {
			want = strings.NewReplacer("sid kernel", "mlsconstrain file write (l1 == l2); \nsid kernel", "u:r:a_t",
				"u:r:a_t:s0", "roles r;", "roles r level s0 range s0;").Replace(want)
		}
		if got != want || code != 0 {
			t.Errorf("version %d: code %d\n%s\nwant\n%s", version, code, got, want)
		}
	}
}

// TestInfoWinner: the kernel takes the first portcon that matches in the order of the policy. The sorted list does
// not show that order.
func TestInfoWinner(t *testing.T) {
	path := infoPolicy(t)
	var stdout, stderr bytes.Buffer
	code := Info([]string{"--portcon", "80", path}, &stdout, &stderr)
	want := "senet: tcp/80 is port_t: portcon tcp 80 wins (first match in policy order)\n" +
		"senet: udp/80 is b_t: portcon udp 80 wins (first match in policy order)\n"
	if code != 0 || stderr.String() != want {
		t.Errorf("code %d, standard error\n%s\nwant\n%s", code, stderr.String(), want)
	}
	plain, errs, _ := ask("--portcon", "80", path)
	if plain != stdout.String() || errs != "" {
		t.Errorf("seinfo prints %q and %q, senet info %q", plain, errs, stdout.String())
	}
}

func TestSeinfoHints(t *testing.T) {
	path := infoPolicy(t)
	for _, c := range []struct{ option, value, want string }{
		{"-t", "zz_d", "senet: no zz_d; nearest: zz_t\n"},
		{"--fs_use", "ext3", "senet: no ext3; nearest: ext4\n"},
		{"--constrain", "dirs", "senet: no dirs; nearest: dir\n"},
		{"-t", "entirelyelsewhere", ""},
	} {
		if _, stderr, _ := ask(c.option, c.value, path); stderr != c.want {
			t.Errorf("seinfo %s %s: standard error %q, want %q", c.option, c.value, stderr, c.want)
		}
	}
}

func TestSeinfoJSON(t *testing.T) {
	path := infoPolicy(t)
	var doc InfoDocument
	read := func(args ...string) {
		t.Helper()
		doc = InfoDocument{}
		got, _, code := ask(append(args, "--json", path)...)
		if err := json.Unmarshal([]byte(got), &doc); err != nil || code != 0 {
			t.Fatalf("code %d, %v\n%s", code, err, got)
		}
	}
	read("--portcon", "80", "-t", "nosuch_t")
	if len(doc.Portcons) != 3 || !doc.Portcons[0].Winner || !doc.Portcons[1].Winner || doc.Portcons[2].Winner ||
		doc.Portcons[2].Position != 3 || doc.Portcons[2].Context != "two_u:system_r:zz_t:s0:c0,c1" {
		t.Errorf("portcons %+v", doc.Portcons)
	}
	if doc.Types == nil || len(doc.Types) != 0 || doc.Users != nil || doc.Summary != nil {
		t.Errorf("types %v, users %v, summary %v; want empty, none, none", doc.Types, doc.Users, doc.Summary)
	}
	read("--portcon", "1-1023")
	if len(doc.Portcons) != 1 || doc.Portcons[0].Winner {
		t.Errorf("portcons of a range %+v", doc.Portcons)
	}
	read()
	if s := doc.Summary; s == nil || s.Counts["type_trans"] != 3 || s.Counts["cond_expr"] != 1 ||
		s.Counts["mls_val_tran"] != 1 ||
		s.Version != 33 || !s.MLS || s.HandleUnknown != "deny" {
		t.Errorf("summary %+v", s)
	}
	read("--all")
	if len(doc.Roles) != 5 || len(doc.Typebounds) != 1 || len(doc.Constraints) != 4 || doc.IOMemcons != nil ||
		doc.Summary == nil {
		t.Errorf("--all: %+v", doc)
	}
}

// TestSeinfoDamaged: a policy with changed bytes is refused or listed, and nothing panics.
func TestSeinfoDamaged(t *testing.T) {
	intact, err := os.ReadFile(infoPolicy(t))
	if err != nil {
		t.Fatal(err)
	}
	path := t.TempDir() + "/policy"
	rng := rand.New(rand.NewPCG(1, 2))
	listed := 0
	for range 2000 {
		b := bytes.Clone(intact)
		for range 1 + rng.IntN(3) {
			b[rng.IntN(len(b))] = byte(rng.IntN(256))
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, code := ask("--all", "-x", path); code == 0 {
			listed++
		}
		if _, _, code := ask("--all", "--json", path); code == 0 {
			listed++
		}
	}
	if listed == 0 {
		t.Error("no damaged policy was listed: the test tests nothing but the decoder")
	}
}

func BenchmarkSeinfoSummary(b *testing.B) {
	path := testenv.Policy(b, "default")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, code := ask(path); code != 0 {
			b.Fatal(code)
		}
	}
}

func BenchmarkSeinfoAll(b *testing.B) {
	path := testenv.Policy(b, "default")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, code := ask("--all", "-x", path); code != 0 {
			b.Fatal(code)
		}
	}
}

func BenchmarkSeinfoTypes(b *testing.B) {
	path := testenv.Policy(b, "default")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, code := ask("-t", "-x", path); code != 0 {
			b.Fatal(code)
		}
	}
}
