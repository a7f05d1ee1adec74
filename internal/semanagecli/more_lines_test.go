package semanagecli

import (
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// moreLines are command lines of logins, users and file contexts that do exactly what they do in semanage, in the
// form of sameLines. differences_test.go has the lines whose messages come from libsemanage.
const moreLines = `
# usage
login
login -l x
login -a -N root
login -a -N -s user_u
login -m -C -N root
login -E -C
user -l -R user_r
user -a -N web_u
user -a -N -R user_r
user -E x
fcontext -l -t etc_t
fcontext -a -N /srv/x
fcontext -a -N -t etc_t
fcontext -a -N -f x -t etc_t /srv/x
fcontext -a -N -e /usr -t etc_t /srv/x
fcontext -a -N -e
fcontext -l -f d
fcontext -D -C
permissive -a -N
permissive -l -x
dontaudit
dontaudit x
dontaudit off x
module -l -a x
module -P x -l
module -r
# logins
login -l
login -l -C
login -a -N -s user_u nosuchuser
login -a -N -s user_u %nosuchgroup
login -a -N -s user_u root
login -a -N -s user_u nobody
login -a -N -s user_u nobody
login -a -N -s unconfined_u -r s0-s0:c0.c9 daemon
login -a -N -s staff_u %daemon
login -m -N root
login -m -N -s staff_u bin
login -m -N -s staff_u root
login -m -N -r s0:c3 daemon
login -m -N -s user_u -r s0 __default__
login -d -N sddm
login -d -N bin
login -d -N nobody
login -a -N -s unconfined_u -r s0:c5-s0 bin
login -l
login -l -C -n
login -d -N bin
login -E
# users
user -l
user -a -N -R nosuch_r web_u
user -a -N -R object_r web_u
user -a -N -R "user_r staff_r" zeb_u
user -a -N -R user_r -R "user_r staff_r user_r" twice_u
user -m -N -R staff_r -R staff_r twice_u
user -a -N -R user_r -R staff_r -r s0-s0:c0.c9 web_u
user -a -N -R user_r -L s0:c5 -r s0 x_u
user -a -N -R user_r web_u
user -m -N -R staff_r web_u
user -m -N -R "sysadm_r user_r" staff_u
user -m -N -R "system_r user_r" -P p root
user -m -N -P q staff_u
user -m -N nosuch_u
user -m -N -r s0-s0:c0.c5 root
user -d -N user_u
user -d -N nosuch_u
user -d -N root
user -l
user -l -C
user -E
# file contexts
fcontext -a -N -t etc_t /srv/x
fcontext -a -N -t etc_t /srv/x
fcontext -a -N -t nosuch_t /srv/y
fcontext -a -N -t sshd_t /srv/y
fcontext -a -N -t etc_t "/srv/a b"
fcontext -a -N -t etc_t ""
fcontext -a -N -t httpd_sys_content_t "/srv/web(/.*)?"
fcontext -a -N -t etc_t -r s0:c5 -f d /srv/z
fcontext -a -N -t etc_t -s web_u -f f /srv/z
fcontext -a -N -t <<none>> /srv/none
fcontext -m -N -t usr_t /srv/none
fcontext -m -N -t <<none>> /srv/x
fcontext -m -N -t usr_t /srv/nosuch
fcontext -d -N /srv/nosuch
fcontext -d -N -f f "/etc/shadow.*"
fcontext -a -N -t etc_t /etc
fcontext -a -N -t null_device_t -f c /dev/own
fcontext -a -N -e /var/www /srv/www/
fcontext -a -N -e /var/www/ /srv/www
fcontext -a -N -e /var/www /srv/www
fcontext -a -N -e /var/www /srv/www
fcontext -m -N -e /var/www2 /srv/www
fcontext -a -N -t etc_t /srv/www/x
fcontext -a -N -t etc_t /var/run/x
fcontext -a -N -e /usr /srv
fcontext -a -N -e /usr /srv2
fcontext -l
fcontext -l -C
fcontext -l -C -n
fcontext -E
export
fcontext -d -N -e /usr /srv/www
fcontext -d -N -e /usr /srv/www
fcontext -d -N /srv2
fcontext -d -N -f d /srv/z
# import
import -N <<< fcontext -a -t etc_t /srv/i\nfcontext -d /srv/i\nfcontext -a -t usr_t /srv/i
import -N <<< fcontext -a -e /usr /opt2\nfcontext -d /opt2\nfcontext -a -e /opt /opt2
import -N <<< login -a -s user_u bin\nlogin -d bin
import -N <<< login -a -s user_u bin\nlogin -a -s staff_u bin
import -N <<< user -a -R user_r w_u\nuser -d w_u
import -N <<< user -a -R user_r w_u\nuser -a -R staff_r w_u\nfcontext -a -s w_u -t etc_t /srv/w
import -N <<< login -D\nlogin -a -s user_u daemon
import -N <<< user -m -R sysadm_r w_u\nfcontext -D\nfcontext -a -t etc_t /srv/x\nport -a -t http_port_t -p tcp 5999
# deleting all
fcontext -D -N
login -D -N
user -D -N
fcontext -D -N
login -D -N
user -D -N
export
`

// Each of moduleLines builds all modules.
const moduleLines = `
permissive -a httpd_t -N
permissive -E
module -d -N telnet
module -l
module -l -C -n
module -E
fcontext -a -N -t etc_t /srv/x
permissive -d httpd_t -N
import -N <<< module -e telnet\npermissive -a sshd_t\nlogin -a -s user_u bin\nfcontext -a -t etc_t /srv/y
dontaudit off -N
dontaudit on -N
export
module -D -N
permissive -D -N
module -E
`

// TestMoreAgainstSemanage: the same command lines, one after the other, give the same output, messages and exit
// codes. All files of the stores and of /etc/selinux are the same, with their modes. Half way the stores change
// places.
func TestMoreAgainstSemanage(t *testing.T) {
	table := moreLines
	if testenv.Long() {
		table += moduleLines
	}
	theirs := stores.Usual(t, "default")
	stores.WithSystem(t, theirs)
	p := startPeer(t, theirs, "default")
	// semanage's first transaction brings the labels of home directories up to date with /etc/passwd. The second
	// one changes the order of the policy.
	for _, line := range []string{"port -a -N -t http_port_t -p tcp 5600", "port -D -N"} {
		args, _ := cutInput(line)
		if a := p.run("", args...); a.code != 0 {
			t.Fatalf("%+v", a)
		}
	}
	own := stores.Dir(t)
	if err := stores.CopyTree(theirs, own); err != nil {
		t.Fatal(err)
	}
	lines := tableLines(table, "default")
	for i, line := range lines {
		if i == len(lines)/2 {
			theirs, own = own, theirs
			p = startPeer(t, theirs, "default")
		}
		args, stdin := cutInput(line)
		want, got := p.run(stdin, args...), ours(own, stdin, args...)
		if strings.Contains(want.out, "\n\npositional") || strings.Contains(want.out, "\n\noptions:") {
			want.out, got.out = firstUsage(want.out), firstUsage(got.out) // help texts are senet's own
		}
		if d := difference(got, want); d != "" {
			t.Errorf("semanage %s\n%s", line, d)
		}
		sameStores(t, line, theirs, own)
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d command lines", len(lines))
}

func sameStores(t *testing.T, line, theirs, own string) {
	t.Helper()
	a, err := stores.Snap(theirs, "default", stores.Parts{Modules: true})
	if err != nil {
		t.Fatal(err)
	}
	b, err := stores.Snap(own, "default", stores.Parts{Modules: true})
	if err != nil {
		t.Fatal(err)
	}
	if d := a.Diff(b); d != "" {
		t.Errorf("semanage %s\n%s", line, d)
	}
	if _, err := os.Stat(own + "/var/lib/selinux/default/senet.journal"); err == nil {
		t.Errorf("semanage %s leaves its journal", line)
	}
}
