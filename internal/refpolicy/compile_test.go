package refpolicy

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestCompiled: a module that calls one interface is, byte for byte, what m4 and
// checkmodule make of it, for those that compile alone: a part in the usual run, all in
// a long one.
func TestCompiled(t *testing.T) {
	testenv.Need(t, "m4", "checkmodule")
	h := openHeaders(t)
	compiled(t, h, testenv.Rounds(150, 1))
}

func compiled(t *testing.T, h *Headers, each int) {
	c := newChain(t, h)
	const marker = "senet_mark\n"
	var source strings.Builder
	var texts []string
	for i := 0; i < len(h.Defs); i += each {
		text := "policy_module(senet_one, 1.0)\ntype one_t;\ntype two_t;\ntype three_t;\ntype four_t;\n" +
			h.Defs[i].Name + "(one_t, two_t, three_t, four_t)\n"
		texts = append(texts, text)
		source.WriteString(marker + text)
	}
	theirs := strings.Split(c.expand(source.String()), marker)[1:]
	same, refused := 0, 0
	for i, text := range texts {
		dir := t.TempDir()
		file, mod := filepath.Join(dir, "senet_one.te"), filepath.Join(dir, "senet_one.mod")
		if err := os.WriteFile(file, []byte(theirs[i]), 0o600); err != nil {
			t.Fatal(err)
		}
		out, failed := exec.Command("checkmodule", "-M", "-m", "-o", mod, file).CombinedOutput()
		own, err := ownModule(h, text)
		if failed != nil {
			if refused++; err == nil {
				t.Errorf("%s: checkmodule refuses it: %s", text, out)
			}
			continue
		}
		want, read := os.ReadFile(mod)
		switch {
		case read != nil:
			t.Fatal(read)
		case err != nil:
			t.Errorf("%s: %v", text, err)
		case !bytes.Equal(own, want):
			t.Errorf("%s: another module", text)
		default:
			same++
		}
		os.RemoveAll(dir)
	}
	t.Logf("%d definitions: %d modules are the same, %d refused by checkmodule and senet", len(texts), same, refused)
	if same < len(texts)/2 {
		t.Error("only", same)
	}
}

func ownModule(h *Headers, text string) ([]byte, error) {
	out, _, err := h.Expand("senet_one.te", text)
	if err != nil {
		return nil, fmt.Errorf("expand: %w", err)
	}
	r, err := te.Compile(string(out), te.Options{MLS: h.Settings.MLS(), File: "senet_one.te"})
	if err != nil {
		return nil, err
	}
	return r.Module.Encode()
}
