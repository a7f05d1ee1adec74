package setools_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/policies"
)

// The tests run seinfo and Seinfo with each of seinfoLines, followed by `-- POLICY`. TestDifferential has the
// random ones.
const seinfoLines = `
--all -x
--all
--all --flat
--flat
-x
-t httpd_t -x
-t apache_t
-t nosuch_t
-xt ada_t
-a domain -x
-a cron_job_domain -x
-a nosuch
-b -x
-b httpd_enable_homedirs
-c tcp_socket -x
-c -x
--common socket -x
-r -x
-r system_r
-u -x
-u root
--category c0 -x
--category
--sensitivity s0 -x
--constrain
--constrain file
--constrain nosuch
--validatetrans file
--default file
--fs_use
--fs_use ext4
--genfscon -x
--genfscon proc
--initialsid -x
--initialsid
--initialsid kernel
--netifcon
--nodecon
--nodecon 10.0.0.0/8
--nodecon 10.0.0.1/8
--nodecon 10.0.0.0/0.255.255.255
--nodecon fe80::1/10
--nodecon fe80::%eth0/64
--nodecon 1.2.3.4/33
--nodecon 01.2.3.4
--nodecon abc
--permissive -x
--polcap -x
--polcap open_perms
--portcon
--portcon 80
--portcon 5601 --flat
--portcon 70000
--portcon abc
--typebounds
--ibpkeycon 0
--ibpkeycon 10000
--ibpkeycon zz
--ibendportcon
--ioportcon
-b -t -u --flat
--nodecon abc --constrain nosuch
--debug --constrain nosuch
`

// TestSeinfoParity compares standard output and exit code with the installed seinfo's: all lines on Debian's two
// policies, all components on those of SENET_TEST_POLICIES.
func TestSeinfoParity(t *testing.T) {
	p := newPeers(t)
	for _, kind := range []string{"default", "mls"} {
		path := testenv.Policy(t, kind)
		hash := fileHash(t, path)
		for _, words := range strings.Split(strings.TrimSpace(seinfoLines), "\n") {
			args := append(strings.Fields(words), "--", path)
			checkSeinfo(t, args, p.ask(t, hash, "seinfo", args, true))
		}
	}
	for _, file := range []string{"testdata/info.conf", "testdata/info-old.conf"} {
		conf, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		path, err := policies.Compile(conf, policies.Options{Version: 33, MLS: strings.HasSuffix(file, "info.conf")})
		if err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"--all", "-x", path}, {"--all", path}} {
			checkSeinfo(t, args, p.ask(t, fileHash(t, path), "seinfo", args, true))
		}
	}
	more, _ := filepath.Glob(filepath.Join(os.Getenv("SENET_TEST_POLICIES"), "*"))
	for _, path := range more {
		if info, err := os.Stat(path); os.Getenv("SENET_TEST_POLICIES") == "" || err != nil || info.IsDir() {
			continue
		}
		for _, args := range [][]string{{path}, {"--all", "-x", path}} {
			// 4.4.1 crashes on policies of versions 20 to 23 and on capabilities that its libsepol does not know.
			var out bytes.Buffer
			cmd := exec.Command("seinfo", args...)
			cmd.Stdout = &out
			if err := cmd.Run(); cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 0 {
				t.Logf("seinfo %q left out: %v", args, err)
				continue
			}
			checkSeinfo(t, args, answer{out.String(), 0})
		}
	}
}

func fileHash(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func checkSeinfo(t *testing.T, args []string, want answer) {
	t.Helper()
	var out bytes.Buffer
	code := setools.Seinfo(args, &out, io.Discard)
	if difference := compare(line{tool: "seinfo", args: args}, answer{out.String(), code}, want); difference != "" {
		t.Error(difference)
	}
}
