package setools

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/policies"
)

// search runs Sesearch and returns its output on both streams.
func search(args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	code = Sesearch(args, &out, &errs)
	return checkDocument(args, out.String(), errs.String(), code)
}

// examplePolicy returns the path of the example policy.
func examplePolicy(t testing.TB) string {
	t.Helper()
	return savePolicy(t, []byte(examples.Policy()))
}

func savePolicy(t testing.TB, image []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestClassicLayout has each section and each form of a line of SETools 3.
func TestClassicLayout(t *testing.T) {
	path := examplePolicy(t)
	for _, test := range []struct{ line, want string }{
		// The line of the tutorials: both sides direct, blanks in the list, state of conditional rules.
		{"-d|-A|-C|-s|haproxy_t|-p|name_bind, name_connect", "Found 6 semantic av rules:\n" +
			"   allow haproxy_t commplex_link_port_t : tcp_socket name_connect ; \n" +
			"   allow haproxy_t commplex_main_port_t : tcp_socket { name_bind name_connect } ; \n" +
			"   allow haproxy_t fmpro_internal_port_t : tcp_socket name_connect ; \n" +
			"   allow haproxy_t http_cache_port_t : tcp_socket { name_bind name_connect } ; \n" +
			"   allow haproxy_t http_port_t : tcp_socket { name_bind name_connect } ; \n" +
			"DT allow haproxy_t port_type : tcp_socket { name_bind name_connect } ; [ haproxy_connect_any ]\n\n"},
		// Permissions in the order of their bits; an expression in postfix order.
		{"-C|--allow|-s|httpd_t|-t|postgresql_var_run_t|-c|sock_file", "Found 1 semantic av rules:\n" +
			"   allow httpd_t postgresql_var_run_t : sock_file { write getattr } ; \n\n"},
		{"-C|--allow|-s|httpd_t|-t|mysqld_port_t|-d", "Found 1 semantic av rules:\n" +
			"DT allow httpd_t mysqld_port_t : tcp_socket name_connect ; [ httpd_can_network_connect_db " +
			"httpd_can_network_connect || ]\n\n"},
		// Without -C no state; an enabled rule.
		{"-A|-d|-s|squid_t|-t|port_type|-p|name_connect", "Found 1 semantic av rules:\n" +
			"   allow squid_t port_type : tcp_socket name_connect ; \n\n"},
		{"-A|-d|-C|-s|squid_t|-t|port_type|-p|name_connect", "Found 1 semantic av rules:\n" +
			"ET allow squid_t port_type : tcp_socket name_connect ; [ squid_connect_any ]\n\n"},
		// A type rule has no blank before the semicolon.
		{"-T|-C|-s|httpd_t", "Found 1 semantic te rules:\n" +
			"   type_transition httpd_t httpd_sys_script_exec_t : process httpd_sys_script_t; \n\n"},
		// Roles: no class, no state.
		{"--role_trans|--role_allow|-d",
			"Found 3 role allow rules:\n   allow system_r unconfined_r;\n   allow system_r user_r;\n" +
				"   allow unconfined_r system_r;\n\nFound 1 role_transition rules:\n   role_transition " +
				"unconfined_r initrc_exec_t system_r;\n\n"},
		{"--role_trans|--role_allow|-d|--role_source|unconfined_r",
			"Found 1 role allow rules:\n   allow unconfined_r system_r;\n\n" +
				"Found 1 role_transition rules:\n   role_transition unconfined_r initrc_exec_t system_r;\n\n"},
		{"--role_allow|-d|--role_target|user_r", "Found 1 role allow rules:\n   allow system_r user_r;\n\n"},
		// -D names a role: the sections in which it would be a type are empty.
		{"-T|--role_trans|-d|-D|system_r",
			"Found 1 role_transition rules:\n   role_transition unconfined_r initrc_exec_t system_r;\n\n"},
		{"-T|--role_trans|-d|-D|httpd_sys_script_t", "Found 1 semantic te rules:\n" +
			"   type_transition httpd_t httpd_sys_script_exec_t : process httpd_sys_script_t; \n\n"},
		// Nothing at all for a section without rules.
		{"-A|-T|-d|-s|port_type", ""},
	} {
		args := append(strings.Split(test.line, "|"), path)
		if got, stderr, code := search(args...); got != test.want || code != 0 {
			t.Errorf("%s: code %d %s\n got %q\nwant %q", test.line, code, stderr, got, test.want)
		}
	}
}

// smallPolicy has named transitions, ranges with categories apart, and extended permissions.
func smallPolicy(t testing.TB) string {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	path, err := policies.Small(33, policies.SELinux, true)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// TestClassicMore has the sections that the example policy has no rules for: file names in quotes, categories
// joined by a comma and a blank.
func TestClassicMore(t *testing.T) {
	path := smallPolicy(t)
	modern, _, _ := search("-T", path)
	classic, _, _ := search("-T", "-d", path)
	n := 0
	for line := range strings.Lines(modern) {
		words := strings.Fields(strings.TrimSuffix(strings.TrimSpace(line), ";"))
		if len(words) < 5 || strings.Contains(line, " [ ") {
			continue
		}
		n++
		target, class, _ := strings.Cut(words[2], ":")
		want := "\n" + strings.Join([]string{words[0], words[1], target, ":", class, words[3]}, " ") + ` "` +
			strings.Join(words[4:], " ") + "\";\n"
		if !strings.Contains(classic, want) {
			t.Errorf("no %q in\n%s", want, classic)
		}
	}
	if n == 0 || strings.Count(classic, `"`) != 2*n {
		t.Errorf("%d named rules, %d quotes", n, strings.Count(classic, `"`))
	}
	modern, _, _ = search("--range_trans", path)
	classic, _, _ = search("--range_trans", "-d", path)
	want := strings.NewReplacer(":process", " : process", ":file", " : file").Replace(modern)
	want = strings.ReplaceAll("   "+strings.ReplaceAll(strings.TrimSuffix(want, "\n"), "\n", "\n   "), ",", ", ")
	if got := strings.SplitN(classic, "\n", 2); len(got) != 2 || !strings.HasPrefix(got[0], "Found ") ||
		got[1] != want+"\n\n" {
		t.Errorf("got %q\nwant a heading and %q", classic, want)
	}
}

// TestConditionalXPerms: rules of extended permissions in conditionals, policy version 34 and
// later, have their conditional.
func TestConditionalXPerms(t *testing.T) {
	image, err := os.ReadFile(smallPolicy(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []uint32{34, 35} {
		db, err := policydb.Decode(image)
		if err != nil {
			t.Fatal(err)
		}
		db.Version = version
		all := db.AVTab
		db.Conditionals = slices.Clone(db.Conditionals)
		db.Conditionals[0].True, db.Conditionals[0].False = all, policydb.AVTab{}
		path := savePolicy(t, db.Encode())
		cond := condText(policy.New(db), 1)
		got, stderr, code := search("--allowxperm", path)
		lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
		if code != 0 || len(lines) < 2 || len(lines)%2 != 0 {
			t.Fatalf("version %d: code %d %s\n%s", version, code, stderr, got)
		}
		for i := 0; i < len(lines); i += 2 {
			if want := lines[i] + " [ " + cond + " ]:True"; lines[i+1] != want {
				t.Errorf("version %d: got %s, want %s", version, lines[i+1], want)
			}
		}
	}
}

// TestSearchJSON: the document has the form of its types and the content of the lines.
func TestSearchJSON(t *testing.T) {
	path := smallPolicy(t)
	kinds := []string{"-A", "-T", "--dontaudit", "--auditallow", "--type_change", "--type_member",
		"--auditallowxperm", "--role_allow",
		"--role_trans", "--range_trans"}
	text, _, _ := search(append(kinds, path)...)
	document, stderr, code := search(append(kinds, "--json", path)...)
	if code != 0 {
		t.Fatal(stderr)
	}
	decoder := json.NewDecoder(strings.NewReader(document))
	decoder.DisallowUnknownFields()
	var got SearchResult
	if err := decoder.Decode(&got); err != nil {
		t.Fatalf("%v\n%s", err, document)
	}
	if got.Schema != SearchSchema || got.Policy != path {
		t.Errorf("schema %q, policy %q", got.Schema, got.Policy)
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) != len(got.Rules) {
		t.Fatalf("%d rules for %d lines", len(got.Rules), len(lines))
	}
	for i, line := range lines {
		if s := got.Rules[i].line(); s != line {
			t.Errorf("rule %d: %s\nwant %s", i, s, line)
		}
	}
	// Encoding the decoded rules again gives the same bytes: empty fields are left out.
	for i := range got.Rules {
		want, err := json.Marshal(&got.Rules[i])
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal(want, &a) != nil || json.Unmarshal(got.Rules[i].appendJSON(nil), &b) != nil ||
			!reflect.DeepEqual(a, b) {
			t.Errorf("got %s, want %s", got.Rules[i].appendJSON(nil), want)
		}
	}
	// No rules: an empty list.
	document, _, _ = search("--allowxperm", "-s", "kernel_t", "-t", "kernel_t", "--json", examplePolicy(t))
	if !strings.HasSuffix(document, `"rules":[`+"\n]}\n") {
		t.Errorf("got %s", document)
	}
	// An error leaves no half a document.
	if document, _, code = search("-A", "--role_allow", "-s", "httpd_t", "--json", examplePolicy(t)); code != 1 ||
		document != "httpd_t is not a valid role\n" {
		t.Errorf("code %d, %s", code, document)
	}
}

// line writes the rule as SETools 4 does.
func (r *SearchRule) line() string {
	s := strings.TrimPrefix(r.Kind, "role_")
	if r.Kind == "role_transition" {
		s = r.Kind
	}
	s += " " + r.Source + " " + r.Target
	if r.Class != "" {
		s += ":" + r.Class + " "
	}
	switch {
	case len(r.Perms) > 1:
		s += "{ " + strings.Join(r.Perms, " ") + " }"
	case len(r.Perms) == 1:
		s += r.Perms[0]
	case r.XPerms != nil:
		var x []string
		for _, span := range r.XPerms.Ranges {
			b := appendXPerm(nil, span.Low)
			if span.High != span.Low {
				b = appendXPerm(append(b, '-'), span.High)
			}
			x = append(x, string(b))
		}
		if s += r.XPerms.Kind + " "; len(x) > 1 {
			s += "{ " + strings.Join(x, " ") + " }"
		} else {
			s += x[0]
		}
	case r.Kind == "range_transition":
		// The kernel writes neighbouring categories with a comma.
		s += strings.NewReplacer("-", " - ", "here,there", "here.there", "c0,c1", "c0.c1").Replace(r.Default)
	default:
		s += r.Default
	}
	if r.FileName != "" {
		s += " " + r.FileName
	}
	s += ";"
	if c := r.Conditional; c != nil {
		s += " [ " + c.Expr + " ]:" + map[bool]string{true: "True", false: "False"}[c.Branch]
	}
	return s
}

func TestAppendJSONString(t *testing.T) {
	for _, s := range []string{"", "plain_t", `"quoted\"`, "line\nbreak\t\x00\x1f\x7f", "ünï", "\u2028</script>",
		"a\xffb"} {
		var got string
		if err := json.Unmarshal(appendJSONString(nil, s), &got); err != nil ||
			got != strings.ToValidUTF8(s, "\ufffd") {
			t.Errorf("%q: %q %v", s, got, err)
		}
	}
}

// TestSearchHints: after an error about an unknown name, up to three names that resemble it follow on standard
// error.
func TestSearchHints(t *testing.T) {
	path := examplePolicy(t)
	for _, test := range []struct{ line, stdout, stderr string }{
		{"-A -s htpd_t", "htpd_t is not a valid type attribute\n", "senet: did you mean httpd_t, "},
		{"-A -c tcp_sockt", "tcp_sockt is not a valid class\n", "senet: did you mean tcp_socket, "},
		{"-A -c tcp_socket -p name_conect", "Permission(s) do not exist in the specified classes: name_conect\n",
			"senet: did you mean name_connect, "},
		{"-A -p name_conect,b", "Permission(s) do not exist any class: name_conect, b\n",
			"senet: did you mean name_connect, "},
		{"-A -b nis_enable", "nis_enable is not a valid Boolean\n", "senet: did you mean nis_enabled"},
		{"--role_allow -s sistem_r", "sistem_r is not a valid role\n", "senet: did you mean system_r"},
		{"-A -s zzzzzzzzzzzzzzzzzzzzzzzz", "zzzzzzzzzzzzzzzzzzzzzzzz is not a valid type attribute\n", ""},
		{"-A -c file,", " is not a valid class\n", ""},
		{"--range_trans -D s9",
			"s9 is not a valid range (s9 is not a valid level (s9 is not a valid sensitivity)).\n", ""},
	} {
		stdout, stderr, code := search(append(strings.Split(test.line, " "), path)...)
		if stdout != test.stdout || code != 1 || !strings.HasPrefix(stderr, test.stderr) || test.stderr == "" &&
			stderr != "" {
			t.Errorf("%s: code %d\n%q\n%q", test.line, code, stdout, stderr)
		}
		if strings.Count(stderr, ",") > 2 {
			t.Errorf("%s: more than three hints: %s", test.line, stderr)
		}
	}
}

// TestSearchOpen has the cases in which there is no policy.
func TestSearchOpen(t *testing.T) {
	source := filepath.Join(t.TempDir(), "policy.conf")
	if err := os.WriteFile(source, []byte("class process\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	invalid := ". A binary policy must be specified. (use e.g. policy.33 or sepolicy) Source policies are not " +
		"supported.\n"
	for _, test := range []struct{ path, want string }{
		{"/nonexistent/it's", `[Errno 2] No such file or directory: "/nonexistent/it's"` + "\n"},
		{source, "Invalid policy: " + source + invalid},
		{filepath.Dir(source), "Invalid policy: " + filepath.Dir(source) + invalid},
	} {
		if stdout, _, code := search("-A", test.path); stdout != test.want || code != 1 {
			t.Errorf("%s: code %d, %q", test.path, code, stdout)
		}
	}
}

// TestSearchVerbose: -v and --debug report the steps on standard error, as -v of SETools does.
func TestSearchVerbose(t *testing.T) {
	path := examplePolicy(t)
	want := "Opening SELinux policy \"" + path + "\"\nSuccessfully opened SELinux policy \"" + path + "\"\n" +
		"Generating TE rule results from " + path + "\nGenerating RBAC rule results from " + path + "\n"
	for _, flag := range []string{"-v", "--debug"} {
		if _, stderr, code := search("-T", "--role_allow", flag, path); stderr != want || code != 0 {
			t.Errorf("%s: code %d, %q", flag, code, stderr)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestSearchWriteError: an answer that could not be written is an error.
func TestSearchWriteError(t *testing.T) {
	var stderr bytes.Buffer
	if code := Sesearch([]string{"-A", examplePolicy(t)}, brokenWriter{}, &stderr); code != 1 ||
		!strings.Contains(stderr.String(), "no space left") {
		t.Errorf("code %d, %q", code, stderr.String())
	}
}
