package setools_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestSesearchAgainstPeer compares bytes and exit codes with the installed sesearch on lines that each stand for a
// rule of its behaviour.
func TestSesearchAgainstPeer(t *testing.T) {
	p := newPeers(t)
	for _, kind := range []string{"default", "mls"} {
		path := testenv.Policy(t, kind)
		image, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(image)
		hash := hex.EncodeToString(sum[:])
		lines := sesearchLines
		if kind == "mls" {
			lines = sesearchMLSLines
		}
		for _, line := range lines {
			args := append(strings.Split(line, " "), path)
			want := p.ask(t, hash, "sesearch", args, true)
			var stdout, stderr bytes.Buffer
			code := setools.Sesearch(args, &stdout, &stderr)
			if got := (answer{stdout.String(), code}); got != want {
				t.Errorf("%s %s: code %d, %d bytes; want code %d, %d bytes%s", kind, line, code, stdout.Len(),
					want.Code,
					len(want.Stdout), firstDifference(got.Stdout, want.Stdout))
			}
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "\n got " + g[i] + "\nwant " + w[i]
		}
	}
	return ""
}

// Arguments are separated by one blank.
var sesearchLines = []string{
	// Everything, in order, duplicates kept.
	"-A",
	"-T",
	"--dontaudit",
	"--auditallow --type_change --type_member --allowxperm --auditallowxperm --dontauditxperm --neverallow",
	"--role_allow --role_trans --range_trans",
	// The three searches, one after the other.
	"--allow -T --role_allow --range_trans -t init_t",
	// Types: expanded, direct, patterns.
	"-A -s httpd_t -p name_bind,name_connect",
	"-A -s domain -p name_bind",
	"-A -s domain -ds -p name_bind",
	"-A -s ^domain$ -rs -c tcp_socket",
	"-A -s ^domain$ -rs -ds -c tcp_socket",
	"-A -t ^shadow_t$ -rt",
	"--allow -s httpd_t -ds -t port_type -dt",
	"--dontaudit -s httpd_t -t domain -dt",
	// Classes.
	"-A -s sshd_t -c tcp_socket,udp_socket",
	"-A -s sshd_t -c ^(tcp|udp) -rc",
	// Permissions: any, equal, subset, of extended rules.
	"--allow -p name_bind -ep -s httpd_t",
	"--allow -p name_bind,name_connect -Sp",
	"--allow -p name_bind -ep -Sp -s httpd_t",
	"-A -s init_t -c chr_file -p ioctl,read -Sp",
	"-A -x 5401-5460",
	"-T -p read",
	// Defaults.
	"-T -D passwd_file_t",
	"-T -s init_t -D ^httpd -rd",
	"-T -D domain -c process -s init_t",
	// Booleans.
	"--allow -b httpd_can_network_connect",
	"--allow -b httpd_can_network_connect,httpd_enable_cgi -eb",
	"--allow -b ^httpd_ -rb -c tcp_socket",
	"-T -b allow_ypbind",
	// Roles.
	"--role_trans -t file_type",
	"--role_trans -t exec -rt -s sys -rs",
	"--role_allow -s staff_r -c process",
	"--role_allow --role_trans -D system_r",
	// Ranges.
	"--range_trans -D s0-s0:c0.c1023",
	"--range_trans -s init_t -c process",
	// Errors, the first of several.
	"-A -s nosuch_t -t nosuch_too_t",
	"-A -c file,",
	"-A -c file -p name_connect,read",
	"-A -p nosuch",
	"-A -b nosuch -x zz",
	"-A -x 99999",
	"-A -s ( -rs -D nosuch_t",
	"-A -s ( -rs -t nosuch_t",
	"--allow --role_allow -s sshd_t -p name_bind",
	"--role_allow -t nosuch",
	"--range_trans -D s0:c5000",
	"--range_trans -D s0:c1.c5.c7",
	"--neverallow -s nosuch",
}

var sesearchMLSLines = []string{
	"-A",
	"--range_trans",
	"--range_trans -D s15-s15:c0.c1023",
	"--range_trans -D s0-s15:c0.c1023",
	"--range_trans -D s15-s0",
	"-A -s httpd_t -t ^port -rt",
}
