package cli

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestPersonalities: what stands between a personality and the terminal leaves its bytes as
// they are, tabs too, which seinfo has between the members of an attribute.
func TestPersonalities(t *testing.T) {
	policy := testenv.Policy(t, "default")
	for _, c := range []struct {
		tool func(args []string, stdout, stderr io.Writer) int
		line string
		part string // of the answer
	}{
		{setools.Seinfo, "seinfo --all -x", "attribute admindomain;\n\t"},
		{setools.Seinfo, "seinfo --flat -c -x", "}\nclass "},
		{setools.Sesearch, "sesearch -A -s httpd_t -c tcp_socket", "allow httpd_t"},
		{setools.Sesearch, "sesearch -T -s init_t", "type_transition init_t"},
	} {
		args := append(strings.Fields(c.line), policy)
		var own, ownErrors, whole, wholeErrors bytes.Buffer
		if code := c.tool(args[1:], &own, &ownErrors); code != 0 {
			t.Fatalf("%s: %d %s", c.line, code, ownErrors.Bytes())
		}
		code := Main(args, strings.NewReader(""), &whole, &wholeErrors)
		if code != 0 || !bytes.Equal(whole.Bytes(), own.Bytes()) || wholeErrors.String() != ownErrors.String() {
			t.Errorf("%s: %d, %d bytes instead of %d", c.line, code, whole.Len(), own.Len())
		}
		if !strings.Contains(own.String(), c.part) {
			t.Errorf("%s: no %q", c.line, c.part)
		}
	}
}
