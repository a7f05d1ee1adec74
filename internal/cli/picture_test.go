package cli

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// TestPictures: the pictures of the documents are what senet draws of the example policy. The
// graphs have the same boxes and arrows.
func TestPictures(t *testing.T) {
	for name, line := range map[string]string{
		"layers": "can haproxy_t connect tcp/5601 --policy example",
		"who":    "who connect tcp/5601 --policy example",
		"fixes":  "fix haproxy_t connect tcp/5601 --policy example",
	} {
		svg, code := runLine(t, "senet "+line+" --svg")
		_, want := runLine(t, "senet "+line+" -q")
		if code != want {
			t.Errorf("%s: exit status %d with --svg, %d without", line, code, want)
		}
		graph, code := runLine(t, "senet "+line+" --dot")
		if code != want || strings.Count(graph, "[fillcolor=") != strings.Count(svg, `<rect class="box `) ||
			strings.Count(graph, " -> ") != strings.Count(svg, `<path class="arrow `) {
			t.Errorf("%s: --dot and --svg differ:\n%s\n%s", line, graph, svg)
		}
		file := filepath.Join("../../docs/pictures", name)
		for ext, text := range map[string]string{".svg": svg, ".dot": graph} {
			if *update {
				if err := os.WriteFile(file+ext, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			kept, err := os.ReadFile(file + ext)
			if err != nil || string(kept) != text {
				t.Errorf("%s%s is not what senet draws (run with -update): %v", file, ext, err)
			}
		}
	}
}

func runLine(t *testing.T, line string) (out string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Main(strings.Fields(line), strings.NewReader(""), &stdout, &stderr)
	if stderr.Len() > 0 {
		t.Errorf("%s: %s", line, stderr.String())
	}
	return stdout.String(), code
}

// TestPictureSize: with hundreds of domains there are few boxes, the domains in them and those
// that are said to be left out are all that senet who counts, and the document is well-formed.
func TestPictureSize(t *testing.T) {
	policy := testenv.Policy(t, "default")
	for _, question := range []string{"connect tcp/443", "bind udp/1024-65535", "connect tcp/1-65535"} {
		line := "senet who " + question + " --would --policy " + policy
		svg, _ := runLine(t, line+" --svg")
		if err := wellFormed(svg); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		boxes := strings.Count(svg, `<rect class="box `)
		if boxes < 5 || boxes > 2*3*12+1 || len(svg) > 64<<10 {
			t.Errorf("%s: %d boxes, %d bytes", line, boxes, len(svg))
		}
		document, _ := runLine(t, line+" --json")
		all := strings.Count(document, `"domain":`)
		drawn := 0
		for _, m := range regexp.MustCompile(`class="head"[^>]*>(\d+) domains?<`).FindAllStringSubmatch(svg, -1) {
			n := 0
			for _, c := range m[1] {
				n = 10*n + int(c-'0')
			}
			drawn += n
		}
		if drawn != all || all < 100 {
			t.Errorf("%s: %d domains in boxes, %d in the document", line, drawn, all)
		}
	}
}

func wellFormed(doc string) error {
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// TestPictureFlags: a picture is in the place of text, and of nothing else.
func TestPictureFlags(t *testing.T) {
	for _, line := range []string{
		"who connect tcp/443 --svg --dot", "who connect tcp/443 --svg --json", "can haproxy_t connect tcp/1 --dot -q",
		"fix haproxy_t connect tcp/5601 --svg --show 1", "fix haproxy_t connect tcp/5601 --svg --plan 1",
		"fix --undo --svg", "fix haproxy_t connect tcp/5601 --dot --apply 1",
		"fix haproxy_t file:read etc_t --svg",
	} {
		var stdout, stderr bytes.Buffer
		args := append(strings.Fields("senet "+line), "--policy", "example")
		if code := Main(args, strings.NewReader(""), &stdout, &stderr); code != exitUsage || stdout.Len() > 0 &&
			!strings.Contains(line, "--json") || !strings.Contains(stderr.String(), "--svg") {
			t.Errorf("%s: exit status %d: %s%s", line, code, stdout.String(), stderr.String())
		}
	}
}

// TestPictureOfLog: a denial of a file is not drawn, and its text is not printed in the place of a picture.
func TestPictureOfLog(t *testing.T) {
	const denial = `type=AVC msg=audit(1.1:5): avc:  denied  { read } for  pid=1 comm="x" name="f" dev="sda" ino=4 ` +
		`scontext=system_u:system_r:haproxy_t:s0 tcontext=system_u:object_r:etc_t:s0 tclass=file permissive=0`
	var stdout, stderr bytes.Buffer
	args := []string{"senet", "fix", denial, "--svg", "--policy", "example"}
	code := Main(args, strings.NewReader(""), &stdout, &stderr)
	if code != exitUsage || stdout.Len() > 0 || !strings.Contains(stderr.String(), "--svg and --dot draw") {
		t.Errorf("exit status %d: %s%s", code, stdout.String(), stderr.String())
	}
}

// TestPictureAssumptions: a picture of fixes says what was assumed, also if there is nothing to fix.
func TestPictureAssumptions(t *testing.T) {
	for line, note := range map[string]string{
		"fix haproxy_t connect tcp/5601 --policy example --dot": "more with --all",
		"fix haproxy_t connect tcp/80 --policy example --dot":   "nothing to fix",
	} {
		graph, _ := runLine(t, "senet "+line)
		if !strings.Contains(graph, note) || !strings.Contains(graph, "[SN-A-HOST]") {
			t.Errorf("%s:\n%s", line, graph)
		}
	}
}
