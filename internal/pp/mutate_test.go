package pp_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/testenv"
)

// stricter are the errors of packages that libsepol reads nevertheless: numbers that name
// nothing where it does not look, and which it prints as "(null)" or takes from beyond
// its tables. See doc.go.
var stricter = regexp.MustCompile("has the value|are too many for|a NUL byte|has the flags|has the kind")

// TestMutations: packages with a few changed bytes are taken or refused as hll/pp does,
// and give the same CIL where it takes them; where it crashes, anything goes but a
// panic.
func TestMutations(t *testing.T) {
	if _, err := os.Stat(peer); err != nil {
		testenv.Missing(t, err.Error())
	}
	own := ownPackages(t)
	var seeds [][]byte
	for _, name := range slices.Sorted(maps.Keys(own)) {
		seeds = append(seeds, own[name])
	}
	seed := testenv.Seed(t)
	taken, crashed, strict := 0, 0, 0
	for i := range testenv.Rounds(200, 20000) {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		data := bytes.Clone(seeds[r.IntN(len(seeds))])
		for range 1 + r.IntN(2) {
			at := r.IntN(len(data))
			switch r.IntN(3) {
			case 0:
				data[at] ^= 1 << r.IntN(8)
			case 1:
				data[at] = byte(r.IntN(8))
			default:
				data = append(data[:at], data[min(at+1+r.IntN(8), len(data)):]...)
			}
		}
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		cmd := exec.CommandContext(ctx, peer)
		cmd.Stdin = bytes.NewReader(data)
		want, failed := cmd.Output()
		stop()
		var exit *exec.ExitError
		if errors.As(failed, &exit) && exit.ExitCode() < 0 {
			crashed++
		}
		var got *pp.CIL
		p, err := pp.Decode(data)
		if err == nil {
			got, err = p.CIL(pp.Release34)
		}
		switch {
		case errors.As(failed, &exit) && exit.ExitCode() < 0:
		case failed == nil && err != nil && stricter.MatchString(err.Error()):
			strict++
		case failed == nil && err != nil:
			t.Errorf("seed %d, round %d: refused: %v", seed, i, err)
		case failed != nil && err == nil:
			t.Errorf("seed %d, round %d: hll/pp refuses it: %.300s", seed, i, exit.Stderr)
		case failed == nil:
			taken++
			if diff := firstDifference(got.Text, want); diff != "" {
				t.Errorf("seed %d, round %d: %s", seed, i, diff)
			}
		}
	}
	t.Logf("%d are taken, %d only by hll/pp, which crashed %d times", taken, strict, crashed)
}
