package allow

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// checkmodule takes a type by every name that is writable, and by no other: all
// reserved words in three spellings, and names with every character that may be in
// one.
func TestWritableIsCheckmodules(t *testing.T) {
	testenv.Need(t, "checkmodule")
	dir := t.TempDir()
	var names []string
	for word := range strings.FieldsSeq(reservedWords) {
		names = append(names, word, strings.ToUpper(word), strings.ToUpper(word[:1])+word[1:], word+"_t")
	}
	for c := 0x21; c < 0x7f; c++ {
		if strings.ContainsRune("#\"';{}", rune(c)) {
			continue // comments and the ends of what stands there
		}
		names = append(names, fmt.Sprintf("x%cy", c), fmt.Sprintf("%cx", c), fmt.Sprintf("x%c", c))
	}
	names = append(names, "x..y", "x.y.z", "a-b", "a_b", "1a", "_a", "-a", "a.", ".a", "filename", "version", "node",
		"port", "open", "httpd_t")
	if testing.Short() {
		names = names[len(names)-120:]
	}
	for _, name := range names {
		text := "module m 1.0;\nrequire {\n class file read;\n type a_t;\n}\ntype " + name + ";\nallow a_t " + name +
			":file read;\n"
		file := filepath.Join(dir, "m.te")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("checkmodule", "-M", "-m", "-o", filepath.Join(dir, "m.mod"), file).CombinedOutput()
		if taken := err == nil; taken != Writable(name) {
			t.Errorf("%q: writable %v, checkmodule takes it: %v: %.200s", name, Writable(name), taken, out)
		}
	}
}
