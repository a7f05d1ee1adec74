package cli_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/documents"
)

// TestReports explains the reports in testdata/reports.txtar: each says in its first lines what the answer
// must say, and what it must not. The JSON of each answer is valid under its schema.
func TestReports(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "reports.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range archive.Files {
		t.Run(strings.TrimSuffix(file.Name, ".txt"), func(t *testing.T) {
			report := string(file.Data)
			kind := "default"
			var must, mustNot []string
			for strings.HasPrefix(report, "#") {
				line, rest, _ := strings.Cut(report, "\n")
				report = rest
				switch mark, text, _ := strings.Cut(line, " "); mark {
				case "#p":
					kind = text
				case "#=":
					must = append(must, text)
				case "#!":
					mustNot = append(mustNot, text)
				}
			}
			if len(must) == 0 {
				t.Fatal("nothing is expected")
			}
			var stdout, stderr bytes.Buffer
			cli.Main([]string{"senet", "why", "-", "--policy", testenv.Policy(t, kind)}, strings.NewReader(report),
				&stdout, &stderr)
			answer := strings.Join(strings.Fields(stdout.String()), " ")
			for _, text := range must {
				if !strings.Contains(answer, text) {
					t.Errorf("not said: %s", text)
				}
			}
			for _, text := range mustNot {
				if strings.Contains(answer, text) {
					t.Errorf("said: %s", text)
				}
			}
			if t.Failed() {
				t.Logf("%s%s", &stdout, &stderr)
			}
			stdout.Reset()
			cli.Main([]string{"senet", "why", "-", "--json", "--policy", testenv.Policy(t, kind)},
				strings.NewReader(report), &stdout, &stderr)
			if err := documents.Check(stdout.Bytes()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestAllowOfScript: --allow says that the label of a script is better than its rule, and what the kernel asks next.
func TestAllowOfScript(t *testing.T) {
	const line = `avc: denied { execute } for pid=1 comm="httpd" path="/opt/a/x.pl" ` +
		"scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:usr_t:s0 tclass=file"
	var stdout, stderr bytes.Buffer
	cli.Main([]string{"senet", "why", "--allow=te", "--policy", testenv.Policy(t, "default"), line},
		strings.NewReader(""), &stdout, &stderr)
	answer := strings.Join(strings.Fields(strings.ReplaceAll(stdout.String(), "\n#", " ")), " ")
	for _, text := range []string{
		"better: label the script",
		"it is not enough: to start a program the kernel asks for execute_no_trans next",
		"allow httpd_t usr_t:file execute;",
	} {
		if !strings.Contains(answer, text) {
			t.Errorf("not said: %s\n%s%s", text, &stdout, &stderr)
		}
	}
}
