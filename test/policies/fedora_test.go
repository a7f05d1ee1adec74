package policies

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
)

func TestFedoraSizeSourceIsFixed(t *testing.T) {
	if !bytes.Equal(FedoraSizeSource(), FedoraSizeSource()) {
		t.Error("two calls differ")
	}
}

// seinfo counts what a policy of Fedora's size has, within 10 %; libsepol counts its named
// transitions, which seinfo does not.
func TestFedoraSizeShape(t *testing.T) {
	testenv.Need(t, "checkpolicy", "seinfo")
	oracle.Need(t)
	path, err := FedoraSize()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"Types": 5000, "Attributes": 350, "Booleans": 330, "Cond. Expr.": 365, "Allow": 103000,
		"Dontaudit": 9700, "Type_trans": 270000, "Range_trans": 5500, "Role_trans": 400, "Portcon": 654,
		"Categories": 1024}
	counts := seinfoCounts(t, path)
	for name, n := range want {
		if got := counts[name]; got < n*9/10 || got > n*11/10 {
			t.Errorf("%s: %d, want about %d", name, got, n)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() < 3_500_000 || info.Size() > 5_000_000 {
		t.Errorf("%d bytes", info.Size())
	}
	named, err := oracle.NamedTransitions(path)
	if err != nil {
		t.Fatal(err)
	}
	if named < 240_000 || named > 260_000 {
		t.Errorf("%d named transitions", named)
	}
}

// seinfoCounts returns the counts of seinfo's summary by their labels.
func seinfoCounts(t *testing.T, path string) map[string]int {
	t.Helper()
	out, err := exec.Command("seinfo", path).CombinedOutput()
	if err != nil {
		t.Fatalf("seinfo: %v: %s", err, out)
	}
	counts := make(map[string]int)
	for _, m := range regexp.MustCompile(`([A-Z][A-Za-z_. ]*):\s+(\d+)`).FindAllStringSubmatch(string(out), -1) {
		counts[m[1]], _ = strconv.Atoi(m[2])
	}
	return counts
}

func TestFedoraSizeLoads(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	oracle.Need(t)
	path, err := FedoraSize()
	if err != nil {
		t.Fatal(err)
	}
	times, err := oracle.LoadTimes(path, 3)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("libsepol loads: %v", times)
}
