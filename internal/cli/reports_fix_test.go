package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/stores"
)

// TestReportsFixes takes the commands of senet fix from the answers to testdata/reports.txtar about another system, and
// asks for what each would change, with any path in the place of FILE.
func TestReportsFixes(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "reports.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(filepath.Dir(testenv.Policy(t, "default")))
	root := t.TempDir()
	stores.Write(t, filepath.Join(root, "etc/selinux/config"), "SELINUX=enforcing\nSELINUXTYPE=default\n")
	for _, name := range []string{"policy/policy.33", "contexts/files/file_contexts",
		"contexts/files/file_contexts.subs_dist", "contexts/files/file_contexts.homedirs"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		stores.Write(t, filepath.Join(root, "etc/selinux/default", name), string(text))
	}
	fix := regexp.MustCompile(`senet fix ([^;]*) --apply (\S+?)(;| |$)`)
	for _, file := range archive.Files {
		t.Run(strings.TrimSuffix(file.Name, ".txt"), func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			cli.Main([]string{"senet", "why", "-", "--root", root}, bytes.NewReader(file.Data), &stdout, &stderr)
			answer := strings.Join(strings.Fields(stdout.String()), " ")
			for _, m := range fix.FindAllStringSubmatch(answer, -1) {
				if strings.ContainsAny(m[1], `'"`) {
					continue // quoted for a shell
				}
				args := strings.Fields(strings.ReplaceAll(m[1], "/FILE", "/srv/some/file"))
				args = append(append([]string{"senet", "fix"}, args...), "--show", m[2])
				stdout.Reset()
				stderr.Reset()
				if rc := cli.Main(args, strings.NewReader(""), &stdout, &stderr); rc != 0 {
					t.Errorf("exit status %d: %s\n%s", rc, strings.Join(args, " "), &stderr)
				}
			}
		})
	}
}
