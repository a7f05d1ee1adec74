package cli

import (
	"bytes"
	"strings"
	"testing"
)

// TestCompletion: the words that the shells' scripts get, by the example policy.
func TestCompletion(t *testing.T) {
	for _, test := range []struct {
		line string // the last word is completed
		want string // the words that are offered, with their texts behind a colon
	}{
		{"can --policy example ha", "haproxy_t"},
		{"can --policy example haproxy_t ", "connect bind listen send recv open set use request"},
		{"can --policy example haproxy_t connect t", "tcp/"},
		{"can --policy example haproxy_t connect tcp/920", "tcp/9200:elasticsearch_port_t"},
		{"can --policy example haproxy_t connect icmp/", ""},
		{"can --policy example p", "ping_t postgresql_t prometheus_t pid:"},
		{"can --policy example --bool haproxy_connect_",
			"haproxy_connect_any=on:is off haproxy_connect_any=off:is off"},
		{"who --policy example connect udp/53", "udp/53:dns_port_t"},
		{"port --policy example add -t elas", "elasticsearch_port_t:tcp/9200 tcp/9300-9400"},
		{"port de", "delete deleteall"},
		{"bool --policy example haproxy_", "haproxy_connect_any:off"},
		{"bool --policy example haproxy_connect_any=", "haproxy_connect_any=on:is off haproxy_connect_any=off:is off"},
		// Put together, for each code in a source has a page.
		{"explain --policy example SN-" + "NET", "SN-NETLABEL-FAILS:NetLabel makes the call fail " +
			"SN-NETLABEL-DROPS:NetLabel drops the packet"},
		{"explain --policy example haproxy_co", "haproxy_connect_any:off"},
		{"access --policy example haproxy_t http_port_t tcp_so", "tcp_socket:"},
		{"access --policy example haproxy_t http_port_t tcp_socket name_c", "name_connect"},
		{"access --policy example haproxy_t http_port_t tcp_socket name_bind,name_c", "name_bind,name_connect"},
		{"schema fix", "fix-plan fix"},
		{"--color a", "auto always"},
		{"search --allow", "--allow:allow --allowxperm:allowxperm"},
		{"info --polc", "--polcap:policy capabilities"},
	} {
		args := append([]string{"senet", "__complete"}, strings.Split(test.line, " ")...)
		var out, complaints bytes.Buffer
		if code := Main(args, strings.NewReader(""), &out, &complaints); code != 0 {
			t.Errorf("%s: exit status %d: %s", test.line, code, complaints.String())
		}
		var got []string
		for line := range strings.Lines(out.String()) {
			if !strings.HasPrefix(line, ":") {
				got = append(got, strings.ReplaceAll(strings.TrimSpace(line), "\t", ":"))
			}
		}
		all := strings.Join(got, " ")
		if want := test.want; all != want && (!strings.HasSuffix(want, ":") || !strings.HasPrefix(all, want)) {
			t.Errorf("%s: got %q, want %q", test.line, all, want)
		}
	}
}

// TestCompletionOfNothing: where the policy cannot be read nothing is offered and
// nothing is complained about; a file is the shell's business.
func TestCompletionOfNothing(t *testing.T) {
	for line, want := range map[string]string{
		"can --policy /nowhere ha": ":36\n",
		"can --policy ":            ":0\n",
		"module list --root /no x": ":36\n",
		"module install ":          ":0\n",
		"undo --root /nowhere ":    ":36\n",
		"search -A ":               ":0\n",
		"info -t --policy /no --x": ":36\n",
		"can haproxy_t connect t":  "tcp/\n:38\n", // no blank behind it
	} {
		args := append([]string{"senet", "__complete"}, strings.Split(line, " ")...)
		var out, complaints bytes.Buffer
		if code := Main(args, strings.NewReader(""), &out, &complaints); code != 0 || out.String() != want {
			t.Errorf("%s: exit status %d, got %q, want %q", line, code, out.String(), want)
		}
		if strings.Contains(complaints.String(), "senet:") {
			t.Errorf("%s: %s", line, complaints.String())
		}
	}
}
