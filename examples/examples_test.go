package examples_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/internal/testenv"
)

// The header of a kernel policy: magic, length of the target's name, the name,
// version, configuration (bit 0 MLS, bit 1 reject unknown, bit 2 allow unknown).
func TestHeader(t *testing.T) {
	const target = "SE Linux"
	le := binary.LittleEndian
	want := le.AppendUint32(nil, 0xf97cff8c)
	want = le.AppendUint32(want, uint32(len(target)))
	want = append(want, target...)
	want = le.AppendUint32(want, 33)
	want = le.AppendUint32(want, 1)
	if !strings.HasPrefix(examples.Policy(), string(want)) {
		t.Errorf("the policy does not begin with % x", want)
	}
}

// build.sh makes the committed policy from the committed source.
//
// The bytes are those of secilc 3.4. Later releases hash symbol names in another way and so write the symbol tables
// in another order; the test then asks checkpolicy for both policies as sorted text, fails if these differ, and else
// ends without a verdict on the bytes.
func TestRebuild(t *testing.T) {
	testenv.Need(t, "sh", "awk", "secilc")
	built := filepath.Join(t.TempDir(), "policy")
	run(t, "sh", "build.sh", built)
	got, err := os.ReadFile(built)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, []byte(examples.Policy())) {
		return
	}
	testenv.Need(t, "checkpolicy")
	if asText(t, built) != asText(t, "example.policy") {
		t.Fatal("example.policy is not what build.sh makes of example.cil: run build.sh and commit what it writes")
	}
	testenv.Missing(t, "this secilc writes the same policy in another order than secilc 3.4 does")
}

// asText returns the policy in file as checkpolicy's CIL, which is sorted.
func asText(t *testing.T, file string) string {
	t.Helper()
	text := filepath.Join(t.TempDir(), "text")
	run(t, "checkpolicy", "-b", "-M", "-C", "-o", text, file)
	out, err := os.ReadFile(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func run(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
}

// The facts that README.md, the documentation and the stories tell about the policy, as SETools reads them.
func TestFacts(t *testing.T) {
	testenv.Need(t, "sesearch", "seinfo")
	tests := []struct {
		name string
		args string
		want []string
	}{
		{
			name: "haproxy_t names no unreserved port by a rule of its own, unless the boolean is on",
			args: "sesearch -A -s haproxy_t -ds -p name_bind,name_connect",
			want: []string{
				"allow haproxy_t commplex_link_port_t:tcp_socket name_connect;",
				"allow haproxy_t commplex_main_port_t:tcp_socket { name_bind name_connect };",
				"allow haproxy_t fmpro_internal_port_t:tcp_socket name_connect;",
				"allow haproxy_t http_cache_port_t:tcp_socket { name_bind name_connect };",
				"allow haproxy_t http_port_t:tcp_socket { name_bind name_connect };",
				"allow haproxy_t port_type:tcp_socket { name_bind name_connect }; [ haproxy_connect_any ]:True",
			},
		},
		{
			name: "what haproxy_t has as a member of nsswitch_domain",
			args: "sesearch -A -s nsswitch_domain -ds -p name_bind,name_connect -c tcp_socket",
			want: []string{
				"allow nsswitch_domain dns_port_t:tcp_socket name_connect;",
				"allow nsswitch_domain ephemeral_port_t:tcp_socket name_connect; [ nis_enabled ]:True",
				"allow nsswitch_domain ldap_port_t:tcp_socket name_connect;",
				"allow nsswitch_domain unreserved_port_t:tcp_socket { name_bind name_connect }; [ nis_enabled ]:True",
			},
		},
		{
			name: "tcp/5601 has no label of its own",
			args: "seinfo --flat --portcon=5601",
			want: []string{
				"portcon dccp 1024-65535 system_u:object_r:unreserved_port_t:s0",
				"portcon sctp 1024-65535 system_u:object_r:unreserved_port_t:s0",
				"portcon tcp 1024-65535 system_u:object_r:unreserved_port_t:s0",
				"portcon udp 1024-65535 system_u:object_r:unreserved_port_t:s0",
			},
		},
		{
			name: "the server-only domain connects to no port, directly or through an attribute",
			args: "sesearch -A -s postgresql_t -p name_connect",
		},
		{
			name: "and has no connect on its TCP socket",
			args: "sesearch -A -s postgresql_t -c tcp_socket",
			want: []string{
				"allow postgresql_t node_type:tcp_socket node_bind;",
				"allow postgresql_t postgresql_port_t:tcp_socket name_bind;",
				"allow postgresql_t postgresql_t:tcp_socket { accept bind create getattr getopt listen read setopt " +
					"shutdown write };",
			},
		},
		{
			name: "the client-only domain binds no socket that has a port",
			args: "sesearch -A -s filebeat_t -p bind,listen,accept,name_bind,node_bind -c " +
				"tcp_socket,udp_socket,sctp_socket,dccp_socket,rawip_socket,icmp_socket",
		},
		{
			name: "a rule in a false branch",
			args: "sesearch -A -b squid_connect_any",
			want: []string{
				"allow squid_t http_port_t:tcp_socket name_connect; [ squid_connect_any ]:False",
				"allow squid_t port_type:tcp_socket name_connect; [ squid_connect_any ]:True",
			},
		},
		{
			name: "systemd starts haproxy in its domain",
			args: "sesearch -T -s init_t -t haproxy_exec_t",
			want: []string{"type_transition init_t haproxy_exec_t:process haproxy_t;"},
		},
		{
			name: "the attribute without members is there",
			args: "seinfo --flat -x -a site_web_client",
			want: []string{"attribute site_web_client;", "\t<empty attribute>"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			args := strings.Fields(test.args)
			out, err := exec.Command(args[0], append(args[1:], "example.policy")...).CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", test.args, err, out)
			}
			got := strings.TrimRight(string(out), "\n")
			if want := strings.Join(test.want, "\n"); got != want {
				t.Errorf("%s\n got:\n%s\nwant:\n%s", test.args, got, want)
			}
		})
	}
}
