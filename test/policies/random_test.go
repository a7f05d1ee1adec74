package policies

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
)

func newRandom(seed uint64) *Random { return NewRandom(rand.New(rand.NewPCG(seed, 1))) }

// decide returns libsepol's decisions of the policy on every pair of its
// contexts, for its first four classes.
func decide(t *testing.T, r *Random, bools ...string) []oracle.Decision {
	t.Helper()
	path, err := r.Write(t.TempDir())
	if err != nil {
		t.Fatalf("%v\n%s", err, r.Source)
	}
	var queries []string
	for _, s := range r.Contexts {
		for _, target := range r.Contexts {
			for _, class := range r.Classes[:4] {
				queries = append(queries, s+" "+target+" "+class)
			}
		}
	}
	got, err := oracle.Access(path, queries, bools...)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range got {
		// libsepol crashes on bounds in bounds: no answer, no fault of the policy.
		if d.Err != "" && d.Err != "libsepol crashed" {
			t.Errorf("%s: %s", queries[i], d.Err)
		}
	}
	return got
}

// Every random policy compiles, libsepol loads it, and its contexts and classes
// are valid to libsepol. Bounds, constraints, booleans and attributes do decide
// something in some of them.
func TestRandom(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	oracle.Need(t)
	decided := make(map[string]int)
	for seed := range uint64(testenv.Rounds(12, 24)) {
		r := newRandom(seed)
		with := decide(t, r)
		for _, statement := range []string{"typebounds ", "constrain "} {
			without := *r
			without.Source = dropLines(r.Source, statement)
			if len(without.Source) < len(r.Source) && !slices.Equal(with, decide(t, &without)) {
				decided[statement]++
			}
		}
		for _, b := range r.Bools[:1] {
			if !slices.Equal(decide(t, r, b+"=0"), decide(t, r, b+"=1")) {
				decided["boolean"]++
			}
		}
		for _, d := range with {
			if d.Flags != 0 {
				decided["permissive"]++
				break
			}
		}
	}
	for _, what := range []string{"typebounds ", "constrain ", "boolean", "permissive"} {
		if decided[what] == 0 {
			t.Errorf("%s: decides nothing in any policy", what)
		}
	}
	t.Logf("policies in which each decides: %v", decided)
}

// dropLines returns source without the lines that begin with prefix.
func dropLines(source []byte, prefix string) []byte {
	var kept strings.Builder
	for text := range strings.Lines(string(source)) {
		if !strings.HasPrefix(text, prefix) {
			kept.WriteString(text)
		}
	}
	return []byte(kept.String())
}

func TestRandomIsFixedBySeed(t *testing.T) {
	for seed := range uint64(20) {
		a, b := newRandom(seed), newRandom(seed)
		if !bytes.Equal(a.Source, b.Source) || !slices.Equal(a.Contexts, b.Contexts) ||
			!slices.Equal(a.Portcons, b.Portcons) {
			t.Errorf("seed %d: two calls differ", seed)
		}
	}
}

// The binary policy holds the portcons that Random says, a wide one in front
// of one that it hides in some policy.
func TestRandomPortcons(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	oracle.Need(t)
	hidden := 0
	for seed := range uint64(40) {
		r := newRandom(seed)
		path, err := r.Write(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		image, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := 0
		for i, p := range r.Portcons {
			var record []byte
			for _, n := range []uint32{p.Protocol, p.Low, p.High} {
				record = binary.LittleEndian.AppendUint32(record, n)
			}
			next := bytes.Index(image[at:], record)
			if next < 0 {
				t.Fatalf("seed %d: portcon %d %+v is not behind the one before it", seed, i, p)
			}
			at += next + len(record)
			for _, before := range r.Portcons[:i] {
				if before.Protocol == p.Protocol && before.Low <= p.Low && before.High >= p.High {
					hidden++
				}
			}
		}
		if err := oracle.Loads(path); err != nil {
			t.Error(err)
		}
	}
	if hidden == 0 {
		t.Error("no portcon is hidden by one before it")
	}
}
