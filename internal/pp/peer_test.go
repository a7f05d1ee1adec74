package pp_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/bzip2"
	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/testenv"
)

// peer is the program of libsemanage that makes CIL of a package.
const peer = "/usr/libexec/selinux/hll/pp"

// installed yields the packages of both policies of Debian, all in a long run and else
// each tenth and the base modules.
func installed(t testing.TB) func(yield func(name string, data []byte) bool) {
	files, _ := filepath.Glob("/usr/share/selinux/*/*.pp.bz2")
	if len(files) == 0 {
		testenv.Missing(t, "no packages of modules in /usr/share/selinux")
	}
	return func(yield func(string, []byte) bool) {
		for i, f := range files {
			if !testenv.Long() && i%10 != 0 && !strings.HasSuffix(f, "default/base.pp.bz2") {
				continue
			}
			packed, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			data, err := bzip2.Decode(packed, 1<<30)
			if err != nil {
				t.Fatal(f, err)
			}
			if !yield(f, data) {
				return
			}
		}
	}
}

// TestDebian: each package of Debian is read, written as the same bytes, and converted
// to the bytes that hll/pp makes of it.
func TestDebian(t *testing.T) {
	if _, err := os.Stat(peer); err != nil {
		testenv.Missing(t, err.Error())
	}
	n := 0
	for name, data := range installed(t) {
		n++
		p, err := pp.Decode(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, err := p.Encode(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: what is written is not what was read: %v", name, err)
		}
		got, err := p.CIL(pp.Release34)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		cmd := exec.Command(peer)
		cmd.Stdin = bytes.NewReader(data)
		want, err := cmd.Output()
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := firstDifference(got.Text, want); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	t.Logf("%d packages", n)
}

// firstDifference returns the first lines that differ, or "".
func firstDifference(got, want []byte) string {
	if bytes.Equal(got, want) {
		return ""
	}
	a, b := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			return fmt.Sprintf("line %d is missing: %.200s", i+1, b[i])
		case i >= len(b):
			return fmt.Sprintf("line %d is too much: %.200s", i+1, a[i])
		case !bytes.Equal(a[i], b[i]):
			return fmt.Sprintf("line %d is\n%.200s\nwant\n%.200s", i+1, a[i], b[i])
		}
	}
	return "?"
}
