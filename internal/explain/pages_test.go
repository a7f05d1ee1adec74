package explain

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

func open(t *testing.T) *Book {
	t.Helper()
	b, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// exampleView is the example policy, after an edit, on the standard host.
func exampleView(t *testing.T, edit func(*policydb.Policy)) *View {
	t.Helper()
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		edit(db)
	}
	v := NewView(policy.New(db), "example", host.Standard())
	v.pages = open(t).pages
	return v
}

func (v *View) opener() func() (*View, error) { return func() (*View, error) { return v, nil } }

// TestEveryCodeHasAPage looks for codes in all Go sources of the repository.
func TestEveryCodeHasAPage(t *testing.T) {
	b := open(t)
	code := regexp.MustCompile(`SN-[A-Z-]*[A-Z]\b`)
	found := map[string]string{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		data, err := os.ReadFile(path)
		for _, c := range code.FindAllString(string(data), -1) {
			found[c] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// of packages access, network, remedy
	for _, c := range []string{"SN-BOUNDS", "SN-A-PACKETS", "SN-E-" + "BROADCAST"} {
		if found[c] == "" {
			t.Fatalf("%s is not among the %d codes found", c, len(found))
		}
	}
	for c, path := range found {
		if c == "SN-A" || c == "SN-E" { // how comments write a family of codes
			continue
		}
		want := KindReason
		switch {
		case strings.HasPrefix(c, "SN-A-"):
			want = KindAssumption
		case strings.HasPrefix(c, "SN-E-"):
			want = KindElsewhere
		}
		pages := b.find(c)
		if len(pages) != 1 || pages[0].kind != want {
			t.Errorf("%s of %s has %d pages, or not one of the kind %s", c, path, len(pages), want)
			continue
		}
		if last := pages[0].text[len(pages[0].text)-1]; !strings.HasPrefix(last, "    ") {
			t.Errorf("the page of %s does not end with a command", c)
		}
	}
}

// TestEveryCall checks that no call of package network is left out, and that
// every permission of its rows has a page.
func TestEveryCall(t *testing.T) {
	b := open(t)
	v := exampleView(t, nil)
	all := callConstants(t)
	if len(all) == 0 {
		t.Fatal("no constants of type Call in network")
	}
	for _, c := range all {
		if !slices.Contains(calls(), c) {
			t.Errorf("calls lacks %s", c)
		}
		for _, row := range network.Rows(c) {
			class := row.Class
			if class == "" {
				class = classOfRow(t, v, row)
			}
			pages := b.findPerm(class, row.Perm)
			if len(pages) != 1 {
				t.Errorf("%s:%s, which %s asks, has %d pages", class, row.Perm, c, len(pages))
				continue
			}
			if p := pages[0]; p.state != "" || !p.inRows() {
				t.Errorf("%s:%s is asked by %s, and its page says otherwise: %q %q", class, row.Perm, c, p.state,
					p.asked)
			}
		}
	}
}

// classOfRow returns the class of sockets that come to a row's check, some of IP
// where none does under this policy.
func classOfRow(t *testing.T, v *View, row network.Row) string {
	c, _ := v.check(row, "")
	if len(c.Sockets) == 0 {
		if strings.HasPrefix(row.Perm, "nlmsg") {
			return "netlink_route_socket"
		}
		return "tcp_socket"
	}
	s, ok := network.SocketOf(c.Sockets[0])
	if !ok {
		t.Fatal(c.Sockets)
	}
	return s.ClassUnder(v.p)
}

// callConstants reads the values of the constants of type Call.
func callConstants(t *testing.T) []network.Call {
	t.Helper()
	files, err := filepath.Glob("../../network/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []network.Call
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Call" && len(spec.Values) == 1 {
				if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
					value, _ := strconv.Unquote(lit.Value)
					all = append(all, network.Call(value))
				}
			}
			return true
		})
	}
	return all
}

// TestPages checks what the texts themselves must hold to.
func TestPages(t *testing.T) {
	b := open(t)
	v := exampleView(t, nil)
	seen := map[string]bool{}
	for _, p := range b.pages {
		for _, name := range p.names {
			key := name + " " + string(p.kind) + " " + strings.Join(p.of, " ")
			if seen[key] {
				t.Errorf("two pages: %s", key)
			}
			seen[key] = true
		}
		name := p.names[0]
		switch p.kind {
		case KindPermission:
			if len(p.of) == 0 {
				t.Errorf("permission %s does not say of which classes", name)
			}
			if (p.asked == "") != (p.hook == "") {
				t.Errorf("permission %s has only one of asked and hook", name)
			}
			if len(p.text) == 0 {
				t.Errorf("permission %s has no text", name)
			}
		}
		for _, word := range p.see {
			a, err := b.Explain(word, v.opener())
			if err != nil {
				t.Errorf("page %s refers to %s: %v", name, word, err)
			} else if a.Kind == KindPermission && a.Text == noPage {
				t.Errorf("page %s refers to %s, which has no page", name, word)
			}
		}
	}
}

func TestParsePages(t *testing.T) {
	pages, err := parsePages("# a remark\n\n== a b\nkind: topic\ntitle: T\nsee: c d\n\none\ntwo\n\n* item\n  goes " +
		"on\n* another\n\n    verbatim\n      indented\n\nlast\n== c\nkind: topic\ntitle: U\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"one two", "* item goes on", "* another", "    verbatim\n      indented", "last"}
	if len(pages) != 2 || !slices.Equal(pages[0].text, want) || !slices.Equal(pages[0].names, []string{"a", "b"}) ||
		!slices.Equal(pages[0].see, []string{"c", "d"}) {
		t.Errorf("got %+v", pages)
	}
	for _, bad := range []string{
		"== \nkind: topic\ntitle: T\n",                     // no name
		"== a\nkind: topic\n",                              // no title
		"== a\ntitle: T\n",                                 // no kind
		"== a\nkind: topic\ntitle: T\ncolour: red\n",       // an unknown key
		"== a\nkind: topic\ntitle: T\nno key\n",            // no key
		"== a\nkind: permission\ntitle: T\nstate: alive\n", // no such state
	} {
		if _, err := parsePages(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestUnknown(t *testing.T) {
	b, v := open(t), exampleView(t, nil)
	for word, near := range map[string]string{"tcp_sent": "tcp_send", "haproxy_r": "haproxy_t",
		"SN-" + "NORULE": "SN-NO-RULE"} {
		_, err := b.Explain(word, v.opener())
		var unknown *UnknownError
		if !errors.As(err, &unknown) {
			t.Errorf("%s: %v", word, err)
		} else if len(unknown.Near) == 0 || len(unknown.Near) > 3 || unknown.Near[0] != near {
			t.Errorf("%s: near are %v", word, unknown.Near)
		}
	}
	for _, word := range []string{"", ":", "<", "<X>", "a:b:c", "\x00", strings.Repeat("x", 100_000)} {
		if _, err := b.Explain(word, v.opener()); word != "<X>" && err == nil {
			t.Errorf("%.10q is known", word)
		}
	}
}

// TestCodesNeedNoPolicy: a code is explained where no policy can be read.
func TestCodesNeedNoPolicy(t *testing.T) {
	b := open(t)
	fail := func() (*View, error) { return nil, os.ErrNotExist }
	for _, word := range []string{"SN-NO-RULE", "[SN-A-HOST]", "sn-bounds", "ECONNREFUSED"} {
		if _, err := b.Explain(word, fail); err != nil {
			t.Errorf("%s: %v", word, err)
		}
	}
	if _, err := b.Explain("name_connect", fail); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("name_connect: %v", err)
	}
}
