package modsource

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/test/oracle"
)

// TestLint: each mistake is found, on its line; a source without mistakes has none.
func TestLint(t *testing.T) {
	h, err := refpolicy.OpenNamed("", oracle.Headers(t))
	if err != nil {
		t.Fatal(err)
	}
	p := testpolicy.Debian(t, "default")
	const head = "policy_module(web, 1.0)\n"
	const require = "gen_require(` #selint-disable:S-001\n\ttype httpd_t;\n')\n"
	const doc = "## <summary>Web.</summary>\n########\n## <summary>\n##\tRead.\n## </summary>\n" +
		"## <param name=\"domain\">\n##\t<summary>\n##\tDomain.\n##\t</summary>\n## </param>\n#\n"
	for _, c := range []struct {
		te, iface, fc string
		want          []string
	}{
		{te: head + require + "corenet_tcp_connect_http_port(httpd_t)\n"},
		{te: head + require + "# corenet_nothing(httpd_t)\noptional_policy(`\n\tmysql_stream_connect(httpd_t)\n')\n"},
		{te: head + require + "corenet_tcp_connect_htp_port(httpd_t)\n", want: []string{"web.te:5 SN-M-INTERFACE"}},
		{te: head + require + "optional_policy(`\n\tmysql_strem_connect(httpd_t)\n')\n",
			want: []string{"web.te:6 SN-M-INTERFACE"}},
		{te: head + require + "corenet_tcp_connect_http_port(httpd_t, x_t)\n",
			want: []string{"web.te:5 SN-M-ARGUMENTS"}},
		{te: head + require + "corenet_tcp_connect_http_port()\n", want: []string{"web.te:5 SN-M-ARGUMENTS"}},
		{te: head + require + "corenet_tcp_connect_http_port(httpd_t);\n", want: []string{"web.te:5 S-003"}},
		{te: head + "gen_require(`\n\ttype httpd_t;\n')\n", want: []string{"web.te:2 S-001"}},
		{te: head + "require { type httpd_t; }\n", want: []string{"web.te:2 S-001"}},
		{te: head + "gen_require(` #selint-disable:S-001\n\ttype nosuch_t;\n')\n",
			want: []string{"web.te:3 SN-M-MISSING"}},
		{te: head + "gen_require(` #selint-disable:S-001\n\tattribute nosuch_attribute;\n')\n",
			want: []string{"web.te:3 SN-M-MISSING"}},
		{te: head + "gen_require(` #selint-disable:S-001\n\ttype httpd_t;\n\tclass file nosuch_perm;\n')\n" +
			"allow httpd_t self:file nosuch_perm;\n", want: []string{"web.te:4 SN-M-MISSING"}},
		{te: head + require + "allow httpd_t undeclared_t:file read;\n", want: []string{"web.te:5 SN-M-COMPILE"}},
		{te: require, want: []string{"web.te:1 SN-M-HEADER", "web.te:1 SN-M-COMPILE"}},
		{te: head + require + "web_read(httpd_t)\n", iface: doc + "interface(`web_read',`\n\tgen_require(`\n" +
			"\t\ttype httpd_t;\n\t')\n\tallow $1 httpd_t:file read;\n')\n"},
		{te: head, iface: "interface(`web_read',`\n\tcorenet_nothing($1)\n')\n",
			want: []string{"web.if:1 C-004", "web.if:2 SN-M-INTERFACE"}},
		{te: head, fc: "/srv/web -d system_u:object_r:httpd_t:s0\n", want: []string{"web.fc:1 E-002"}},
		{te: head, fc: "/srv/web -d gen_context(system_u:object_r:httpd_t,s0)\n"},
		{te: head + "syscmd(`ls')\n", want: []string{"web.te:2 SN-M-MACRO", "web.te:2 SN-M-INTERFACE"}},
	} {
		found, err := Lint(h, p, Sources{Name: "web.te", TE: c.te, IF: c.iface, FC: c.fc})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			got = append(got, fmt.Sprintf("%s:%d %s", f.File, f.Line, f.Code))
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s%s%s\ngot %+v, want %q", c.te, c.iface, c.fc, found, c.want)
		}
	}
}

// TestDeprecated: an interface that says that it is old is named, and no other.
func TestDeprecated(t *testing.T) {
	h, err := refpolicy.OpenNamed("", oracle.Headers(t))
	if err != nil {
		t.Fatal(err)
	}
	h, err = h.With("old.if", "interface(`old_read',`\n\trefpolicywarn(`$0() is deprecated, use old_get().')\n"+
		"\tallow $1 self:process signal;\n')\ninterface(`old_get',`\n\tallow $1 self:process signal;\n')\n")
	if err != nil {
		t.Fatal(err)
	}
	found, err := Lint(h, nil, Sources{Name: "web.te", TE: "policy_module(web, 1.0)\n\ntype web_t;\n" +
		"old_read(web_t)\nold_get(web_t)\n"})
	if err != nil || len(found) != 1 || found[0].Code != "SN-M-DEPRECATED" || found[0].Line != 4 ||
		!strings.Contains(found[0].Text, "old_read() is deprecated, use old_get().") {
		t.Error(err, found)
	}
}

// TestFiles: files are written beside one another, and none is replaced.
func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	f := &Files{Name: "web", TE: "policy_module(web, 1.0)\n", IF: "## <summary>Web.</summary>\n", FC: "# none\n"}
	names, err := f.Write(dir)
	if err != nil || len(names) != 3 {
		t.Fatal(names, err)
	}
	if _, err := f.Write(dir); !os.IsExist(err) {
		t.Error(err)
	}
	if _, err := LintFiles(nil, nil, []string{"web.pp"}); err == nil {
		t.Error("a .pp was taken")
	}
}
