package semanagecli

import (
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/test/stores"
)

// deliberate are the command lines of docs/semanage-differences.md that can be run, with senet's answer and
// semanage's. The first word of semanage's answer is its exit code; the rest is a part of its standard error.
var deliberate = []struct {
	line         string
	code         int
	out, err     string
	theirCode    int
	theirErr     string
	before, then string // lines for both; then lines for both again
}{
	{line: "port -m -N -p tcp 80 -r s0:c5", theirCode: -11, then: "port -D -N"},
	{line: "port -m -N -p tcp 80", code: 1, err: "ValueError: Requires setype or serange\n", theirCode: -11},
	{line: "node -m -N -M /8 10.0.0.0 -p ipv4 -r s0:c5", theirCode: -11,
		before: "node -a -N -t node_t -M /8 -p ipv4 10.0.0.0", then: "node -D -N"},
	{line: "port -a -N -t http_port_t -p tcp 81-80", code: 1, err: "ValueError: Invalid Port\n",
		theirCode: 1, theirErr: "low port 81 exceeds high port 80"},
	{line: "port -a -N -t http_port_t -p tcp 70000-60001", code: 1, err: "ValueError: Invalid Port\n",
		then: "port -D -N"},
	{line: "port -a -N -t http_port_t -p tcp 5600-5602", code: 1,
		err: "ValueError: Could not commit semanage transaction: overlap between local records: " +
			"tcp/5600-5602 and tcp/5601\n",
		theirCode: 1, theirErr: "port overlap between ranges 5600 - 5602 (tcp) <--> 5601 - 5601 (tcp)",
		before: "port -a -N -t http_port_t -p tcp 5601", then: "port -D -N"},
	{line: "port -a -N -t http_port_t -p tcp 5605 -r s3", code: 1,
		err:       "ValueError: Could not add port tcp/5605: invalid security context: range \"s3\"\n",
		theirCode: 1, theirErr: "invalid MLS context s3"},
	{line: "interface -a -N -t foo_t eth1", code: 1,
		err:       "ValueError: Could not add interface eth1: invalid type: foo_t is not a type\n",
		theirCode: 1, theirErr: "type foo_t is not defined"},
	{line: "interface -m -N -t foo_t eth1", code: 1,
		err:       "ValueError: Could not modify interface eth1: invalid type: foo_t is not a type\n",
		theirCode: 1, theirErr: "type foo_t is not defined", before: "interface -a -N -t netif_t eth1",
		then: "interface -D -N"},
	{line: "node -a -N -t node_t -p ipv4 -M 255.0.0.0 10.0.0.0x", code: 1,
		err:       "ValueError: Could not create key for 10.0.0.0x\n",
		theirCode: 1, theirErr: "could not parse IPv4 address 10.0.0.0x"},
	{line: "ibpkey -d -N -x zz 1", code: 1, err: "ValueError: Could not create a key for zz/1\n",
		theirCode: 1, theirErr: "subnet prefix zz"},
	{line: `import -N <<< port -a -t "http_port_t -p tcp 5601`, code: 1,
		err:       "ValueError: a quote is not closed: port -a -t \"http_port_t -p tcp 5601\n",
		theirCode: 1, theirErr: "IndexError: list index out of range"},
	{line: "export -f /nonexistent/x", code: 1,
		err:       "FileNotFoundError: [Errno 2] No such file or directory: '/nonexistent/x'\n",
		theirCode: 1, theirErr: "Traceback"},
	{line: "export -S nosuch", code: 1, err: "ValueError: SELinux policy is not managed or store cannot be accessed.\n",
		theirCode: 1, theirErr: "ValueError: SELinux policy is not managed or store cannot be accessed."},
	{line: "export -f /nonexistent/x --bogus", code: 2, out: mainUsage,
		err:       "semanage: error: unrecognized arguments: --bogus\n",
		theirCode: 1, theirErr: "Traceback"},
	{line: "port -a -N -t http_port_t -p tcp 5601", theirErr: "libsemanage.add_user: ", then: "port -D -N"},
	{line: "login -a -N -s nosuch_u daemon", code: 1, err: "ValueError: SELinux user nosuch_u is not defined\n",
		theirCode: 1, theirErr: "could not query record value"},
	{line: "login -a -N -s user_u -r s0-s0:c0.c9 daemon", code: 1,
		err: "ValueError: Could not commit semanage transaction: login daemon: invalid security context: range " +
			"s0-s0:c0.c9 exceeds that of SELinux user user_u, s0\n",
		theirCode: 1, theirErr: "exceeds allowed range s0 for SELinux user user_u"},
	{line: "user -d -N web_u", code: 1,
		err:       "ValueError: Could not delete SELinux user web_u: the login mapping for daemon needs it\n",
		theirCode: 1, theirErr: "web_u is being used by daemon login record",
		before: "user -a -N -R user_r web_u\nlogin -a -N -s web_u daemon", then: "login -D -N\nuser -D -N"},
	{line: "fcontext -a -N -t etc_t /srv/(", code: 1,
		err: "ValueError: Could not commit semanage transaction: invalid file contexts: file_contexts.local: line 4 " +
			"has invalid regex /srv/(: REGEX back-end error: At offset 8: missing closing parenthesis\n",
		theirCode: 1, theirErr: "has invalid regex /srv/("},
	{line: "fcontext -a -N -t etc_t -s nosuch_u /srv/z", code: 1,
		err: "ValueError: Could not add file context for /srv/z: invalid security context: user nosuch_u is not " +
			"defined\n",
		theirCode: 1, theirErr: "user nosuch_u is not defined"},
	{line: "fcontext -a -N -e /usr", code: 2, out: "file_spec option is needed for equal\n",
		theirCode: 1, theirErr: "TypeError"},
	{line: "permissive -d -N nosuch_t", code: 1,
		err:       "ValueError: Could not remove permissive domain nosuch_t (remove failed): no such module\n",
		theirCode: 1, theirErr: "FileNotFoundError: [Errno 2] No such file or directory"},
	{line: "module -r nosuch -N", code: 1,
		err:       "ValueError: Could not remove module nosuch (remove failed): no such module\n",
		theirCode: 1, theirErr: "FileNotFoundError: [Errno 2] No such file or directory"},
	{line: "module -d nosuch -N", code: 1, err: "ValueError: Could not disable module nosuch: no such module\n",
		theirCode: 1, theirErr: "FileNotFoundError: [Errno 2] No such file or directory"},
	{line: "interface -a -N -t netif_t \"a b\"", code: 1,
		err: "ValueError: Could not add interface a b: syntax error: interface name \"a b\"\n"},
	// From here on semanage cannot read its store any more.
	{line: "interface -D -N", theirCode: 1, theirErr: `malformed context "b"`},
}

const mainUsage = `usage: semanage [-h]
                {import,export,login,user,port,ibpkey,ibendport,interface,module,` +
	`node,fcontext,boolean,permissive,dontaudit}
                ...
`

// TestDeliberateDifferences holds the documented differences from semanage to
// both sides.
func TestDeliberateDifferences(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/semanage-differences.md")
	if err != nil {
		t.Fatal(err)
	}
	theirs := stores.Usual(t, "default")
	p := startPeer(t, theirs, "default")
	own := stores.Usual(t, "default")
	stores.WithSystem(t, own)
	both := func(line string) {
		for _, line := range strings.FieldsFunc(line, func(c rune) bool { return c == '\n' }) {
			args, stdin := cutInput(line)
			if want, got := p.run(stdin, args...), ours(own, stdin, args...); want.code != 0 || got.code != 0 {
				t.Fatalf("%s: %+v, semanage %+v", line, got, want)
			}
		}
	}
	for _, d := range deliberate {
		both(d.before)
		args, stdin := cutInput(d.line)
		if got := ours(own, stdin, args...); got != (answer{d.code, d.out, d.err}) {
			t.Errorf("semanage %s: exit %d\n%s%s", d.line, got.code, got.out, got.err)
		}
		if want := p.runAll(stdin, args...); want.code != d.theirCode || !strings.Contains(want.err, d.theirErr) {
			t.Errorf("semanage %s: semanage: exit %d\n%s%s", d.line, want.code, want.out, want.err)
		}
		both(d.then)
		if !strings.Contains(string(doc), "`semanage "+strings.ReplaceAll(d.line, "|", `\|`)+"`") {
			t.Errorf("semanage %s is not in the document", d.line)
		}
	}
	if n := strings.Count(string(doc), "| `semanage "); n != len(deliberate) {
		t.Errorf("the document has %d command lines, %d are tested", n, len(deliberate))
	}
}

// TestHelp: the usage lines are semanage's, the rest is this package's own text.
func TestHelp(t *testing.T) {
	theirs := stores.Usual(t, "default")
	p := startPeer(t, theirs, "default")
	for _, line := range []string{"-h", "", "nosuch", "port", "port -h", "boolean", "node -l -h", "interface --he",
		"ibpkey", "ibendport -h", "import -h", "export -h", "--", "login -h", "user -h", "fcontext -h", "module -h",
		"permissive -h", "dontaudit -h", "dontaudit"} {
		args, _ := cutInput(line)
		want, got := p.run("", args...), ours(theirs, "", args...)
		if got.code != want.code || got.err != want.err || firstUsage(got.out) != firstUsage(want.out) {
			t.Errorf("semanage %s\n%s", line, difference(got, want))
		}
		if len(got.out) > len(firstUsage(got.out))+1 != (len(want.out) > len(firstUsage(want.out))+1) {
			t.Errorf("semanage %s: one prints help, the other does not", line)
		}
	}
}
