package explain

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/refpolicy"
)

// smallHeaders have one interface for each thing that a page says.
const smallHeaders = "" +
	"## <summary>Ports.</summary>\n" +
	"########################################\n" +
	"## <summary>\n##\tBind the web's ports.\n## </summary>\n" +
	"## <param name=\"domain\">\n##\t<summary>\n##\tWho binds.\n##\t</summary>\n## </param>\n#\n" +
	"interface(`web_bind',`\n\tgen_require(`\n\t\ttype http_port_t;\n\t')\n" +
	"\tallow $1 http_port_t:{ tcp_socket udp_socket } name_bind;\n\tallow $1 self:capability net_bind_service;\n')\n" +
	"## <summary>\n##\tEverything else.\n## </summary>\n" +
	"## <param name=\"domain\">\n##\t<summary>\n##\tWho.\n##\t</summary>\n## </param>\n" +
	"## <param name=\"object\" optional=\"true\">\n##\t<summary>\n##\tWhat.\n##\t</summary>\n## </param>\n#\n" +
	"interface(`rest',`\n" +
	"\tallow $1 $2:tcp_socket rw_socket_perms;\n\ttypeattribute $1 readers;\n\tdontaudit $1 gone_t:file read;\n" +
	"\toptional_policy(`\n\t\tallow $1 gone_t:tcp_socket name_connect;\n\t')\n" +
	"\ttunable_policy(`on',`\n\t\tallow $1 http_port_t:tcp_socket name_connect;\n\t',`\n" +
	"\t\tallow $1 http_port_t:tcp_socket send_msg;\n\t')\n')\n" +
	"template(`made',`\n\ttype $1_t;\n\tallow $1_t self:tcp_socket create;\n')\n" +
	"interface(`empty',`\n\trefpolicywarn(`gone')\n')\n"

const smallMacros = "define(`policy_module',`module $1 $2;')define(`interface',`')define(`template',`')\n" +
	"define(`gen_require',`require {\n$1\n}')\ndefine(`optional_policy',`optional {\n$1\n}')\n" +
	"define(`tunable_policy',`if ($1) {\n$2\n} else {\n$3\n}')\ndefine(`refpolicywarn',`')\n" +
	"define(`rw_socket_perms',`{ read write }')\ndefine(`some_class_set',`{ tcp_socket udp_socket }')\n" +
	"define(`file_like_perms',`{ open entrypoint }')\ndefine(`use_pattern',`allow $1 $2:tcp_socket { read $3 };')\n"

func headersOf(t *testing.T) *refpolicy.Headers {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"support/a.spt": smallMacros, "a/a.if": smallHeaders,
		"build.conf": "TYPE ?= mcs\n"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h, err := refpolicy.OpenNamed("", dir)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// rulesText writes the rules of a page, a line each.
func rulesText(l *Live) string {
	var lines []string
	for _, r := range l.Rules {
		text := r.Source + " " + r.Target + ":" + r.Class
		for _, p := range r.Perms {
			text += " " + p.Name
		}
		if r.When != "" {
			text += " if " + r.When
		}
		if !r.Known {
			text += " (unknown)"
		}
		lines = append(lines, text)
	}
	return strings.Join(append(lines, l.Statements...), "\n")
}

// What an interface, a template or a macro stands for is told by the headers alone.
func TestHeaders(t *testing.T) {
	b, v := open(t), exampleView(t, nil)
	h := headersOf(t)
	v.SetHeaders(func() (*refpolicy.Headers, error) { return h, nil })
	for _, c := range []struct {
		word        string
		kind        Kind
		title, text string // text is a part of the page's
		rules       string
	}{
		{"web_bind", KindInterface, "Bind the web's ports", "* DOMAIN: Who binds.",
			"DOMAIN http_port_t:tcp_socket name_bind\n" +
				"DOMAIN http_port_t:udp_socket name_bind\nDOMAIN self:capability net_bind_service"},
		{"rest", KindInterface, "Everything else", "* OBJECT: What (may be left out)",
			"DOMAIN OBJECT:tcp_socket read write\n" +
				"DOMAIN gone_t:tcp_socket name_connect if the policy has what it names (unknown)\n" +
				"DOMAIN http_port_t:tcp_socket name_connect if on\n" +
				"DOMAIN http_port_t:tcp_socket send_msg if not on\n" +
				"typeattribute DOMAIN readers;\ndontaudit DOMAIN gone_t:file read;"},
		{"made", KindTemplate, "the headers do not say what it is for", "A template of refpolicy, defined in ",
			"ARGUMENT1_t self:tcp_socket create\ntype ARGUMENT1_t;"},
		{"empty", KindInterface, "the headers do not say what it is for", "An interface of refpolicy", ""},
		{"use_pattern", KindMacro, "a macro of refpolicy", "", "ARGUMENT1 ARGUMENT2:tcp_socket read ARGUMENT3"},
		{"some_class_set", KindMacro, "a set of classes", "classes: tcp_socket udp_socket", ""},
		{"rw_socket_perms", KindMacro, "a set of permissions", "", ""},
	} {
		a, err := b.Explain(c.word, v.opener())
		if err != nil {
			t.Errorf("%s: %v", c.word, err)
			continue
		}
		if a.Kind != c.kind || a.Title != c.title || !strings.Contains(a.Text, c.text) || rulesText(a.Live) != c.rules {
			t.Errorf("%s: %s, %q, %q, rules:\n%s", c.word, a.Kind, a.Title, a.Text, rulesText(a.Live))
		}
	}
	perms := func(word string) (list []string) {
		a, err := b.Explain(word, v.opener())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range a.Live.Permissions {
			list = append(list, p.Name+" "+p.State)
		}
		return list
	}
	if got := perms("rw_socket_perms"); !slices.Equal(got, []string{"read asked", "write asked"}) {
		t.Errorf("rw_socket_perms: %q", got)
	}
	if got := perms("file_like_perms"); len(got) != 2 || strings.Contains(got[0], "asked") {
		t.Errorf("file_like_perms: %q", got) // of no class of the network
	}
	var unknown *UnknownError
	if _, err := b.Explain("web_bin", v.opener()); !errors.As(err, &unknown) || unknown.NoHeaders ||
		!slices.Contains(unknown.Near, "web_bind") {
		t.Errorf("web_bin: %v %+v", err, unknown)
	}
}

// Without headers nothing is said of what an interface grants: only what the policy has.
func TestWithoutHeaders(t *testing.T) {
	b, v := open(t), exampleView(t, nil)
	v.SetHeaders(func() (*refpolicy.Headers, error) { return nil, refpolicy.ErrNone })
	for word, typ := range map[string]string{"corenet_tcp_bind_http_port": "http_port_t",
		"corenet_udp_bind_http_cache_port": "http_cache_port_t", "corenet_tcp_bind_generic_node": "node_t"} {
		a, err := b.Explain(word, v.opener())
		if err != nil {
			t.Errorf("%s: %v", word, err)
			continue
		}
		if a.Live.Type == nil || a.Live.Type.Name != typ || a.Live.Rules != nil || a.Kind != KindInterface ||
			!strings.Contains(a.Title, "headers are not installed") {
			t.Errorf("%s: %+v", word, a)
		}
	}
	var unknown *UnknownError
	for _, word := range []string{"sysnet_dns_name_resolve", "create_socket_perms", "http_port"} {
		if _, err := b.Explain(word, v.opener()); !errors.As(err, &unknown) || !unknown.NoHeaders {
			t.Errorf("%s: %v", word, err)
		}
	}
	v.SetHeaders(func() (*refpolicy.Headers, error) { return nil, fs.ErrPermission })
	if _, err := b.Explain("corenet_tcp_bind_http_port", v.opener()); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("headers that cannot be read: %v", err)
	}
	if _, err := b.Explain("http_port_t", v.opener()); err != nil {
		t.Errorf("a type needs no headers: %v", err)
	}
}
