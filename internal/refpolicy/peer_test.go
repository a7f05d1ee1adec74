package refpolicy

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
)

func openHeaders(t testing.TB) *Headers {
	t.Helper()
	root, err := sysroot.Open("")
	if err != nil {
		t.Fatal(err)
	}
	h, err := Open(root, oracle.Headers(t), Override{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A chain is the makefile's way from headers and a source to what checkmodule reads.
type chain struct {
	t     testing.TB
	files []string // support, and the interfaces as the makefile merges them
	param []string
}

// newChain runs the first half: m4 over all interface files.
func newChain(t testing.TB, h *Headers, more ...string) *chain {
	t.Helper()
	testenv.Need(t, "m4")
	support, err := filepath.Glob(filepath.Join(h.Dir, "support/*.spt"))
	if err != nil || len(support) == 0 {
		t.Fatal(err, support)
	}
	args := append([]string{}, support...)
	for _, f := range h.Files {
		args = append(args, f.Path)
	}
	merged, err := exec.Command("m4", append(args, more...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	c := &chain{t: t}
	for _, s := range h.Settings.Defined() {
		c.param = append(c.param, "-D"+s.Name+"="+s.Value)
	}
	text := "divert(-1)\n" + strings.ReplaceAll(string(merged), "dollarsstar", "$*") + "divert\n"
	file := filepath.Join(t.TempDir(), "all_interfaces.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c.files = append(support, file)
	return c
}

// expand runs the second half: m4 over a source.
func (c *chain) expand(text string) string {
	c.t.Helper()
	file := filepath.Join(c.t.TempDir(), "source.te")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
	args := append(append(append([]string{}, c.param...), c.files...), file)
	var out, errs bytes.Buffer
	cmd := exec.Command("m4", args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		c.t.Fatalf("m4: %v %s", err, errs.Bytes())
	}
	return out.String()
}

// tokens are the words and signs of an expansion, without comments and blanks.
func tokens(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		for len(line) > 0 {
			n := strings.IndexFunc(line, func(r rune) bool {
				return !(r == '_' || r == '.' || r == '-' || r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z')
			})
			if n < 0 {
				n = len(line)
			}
			if n == 0 {
				if line[0] > ' ' {
					all = append(all, line[:1])
				}
				n = 1
			} else {
				all = append(all, line[:n])
			}
			line = line[n:]
		}
	}
	return all
}

// TestPeer: every interface and template expands to the tokens that m4 makes of it, with
// an argument for each parameter and with none.
func TestPeer(t *testing.T) {
	h := openHeaders(t)
	comparePeer(t, h)
}

func comparePeer(t *testing.T, h *Headers) {
	c := newChain(t, h)
	var source strings.Builder
	texts := make([]string, 0, 2*len(h.Defs))
	for i := range h.Defs {
		name := h.Defs[i].Name
		texts = append(texts, name+"(one_t, two_t, three_t, four_t, five_t, six_t, seven_t)", name+"(one_t)")
	}
	for _, text := range texts {
		fmt.Fprintf(&source, "senet_mark\n%s\n", text)
	}
	theirs := strings.Split(c.expand(source.String()), "senet_mark\n")[1:]
	if len(theirs) != len(texts) || len(texts) < 17000 {
		t.Fatalf("%d expansions of %d", len(theirs), len(texts))
	}
	wrong, total := 0, 0
	for i, text := range texts {
		out, _, err := h.Expand("source.te", text+"\n")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		own, their := tokens(string(out)), tokens(theirs[i])
		total += len(own)
		if strings.Join(own, " ") != strings.Join(their, " ") {
			if wrong++; wrong < 5 {
				t.Errorf("%s:\nsenet %.600q\nm4    %.600q", text, own, their)
			}
		}
	}
	t.Logf("%d expansions, %d tokens, %d differ", len(texts), total, wrong)
	if wrong > 0 {
		t.Errorf("%d of %d differ", wrong, len(texts))
	}
}
