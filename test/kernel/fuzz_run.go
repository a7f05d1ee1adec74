package kernel

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Seed is a policy that is mutated.
type Seed struct {
	Name  string
	Image []byte
	// Weight is its frequency, compared with the others.
	Weight int
}

// A Fuzzer has a kernel and senet judge mutated policies.
type Fuzzer struct {
	VM   *VM
	Base []byte // in force between two mutated policies
	// Seeds are the policies that are mutated.
	Seeds []Seed
	// Random chooses the mutations.
	Random uint64
	// Dir is the directory of findings; with "" they are not written.
	Dir string

	Tried, Taken, Skipped, Deaths int
	Findings                      []*Finding
	// deadly are senet's reasons to refuse policies that the kernel died of.
	deadly map[string]bool
	// asked are senet's reasons to refuse policies that the kernel was given.
	asked map[string]int
	rng   *rand.Rand
}

// A Finding is a policy that one of both takes and the other refuses, or that a
// kernel dies of: the first of all with the same [LoadVerdict.Key].
type Finding struct {
	LoadVerdict
	Seed    string
	Changes []string // what was changed, made as few as show it
	Image   []byte
	Count   int
	// Known is the reason why the finding is not new, "" if it is new.
	Known string
}

func (f *Finding) String() string {
	text := fmt.Sprintf("%s (%d times)\n  %s with %s", f.Key(), f.Count, f.Seed, strings.Join(f.Changes, ", "))
	if f.Known != "" {
		text += "\n  known: " + f.Known
	}
	return text
}

// Run judges mutated policies until the time is over, or n of them, where these
// are not 0. What senet refuses for one and the same reason it asks the less
// often the more of it there is: a machine takes far longer than senet.
func (f *Fuzzer) Run(ctx context.Context, limit time.Duration, n int) error {
	f.deadly, f.asked = make(map[string]bool), make(map[string]int)
	f.rng = rand.New(rand.NewPCG(f.Random, 2))
	for _, k := range knownDifferences(f.VM.Version) {
		if k.dies && !k.rare {
			f.deadly[k.senet] = true
		}
	}
	total := 0
	for i := range f.Seeds {
		total += f.Seeds[i].Weight
	}
	rng, end := f.rng, time.Now().Add(limit)
	for (n == 0 || f.Tried < n) && (limit == 0 || time.Now().Before(end)) {
		at := rng.IntN(total)
		seed := &f.Seeds[0]
		for j := range f.Seeds {
			if at -= f.Seeds[j].Weight; at < 0 {
				seed = &f.Seeds[j]
				break
			}
		}
		changes := make([]uint64, 1)
		if rng.IntN(3) == 0 {
			changes = make([]uint64, 1+rng.IntN(3))
		}
		for j := range changes {
			changes[j] = rng.Uint64()
		}
		if err := f.one(ctx, seed, changes); err != nil {
			return err
		}
	}
	return nil
}

// apply returns the seed with the changes made to it.
func apply(seed *Seed, changes []uint64) ([]byte, []string) {
	image := seed.Image
	var made []string
	for _, c := range changes {
		if mutant, what := mutate(image, c); mutant != nil {
			image = mutant
			made = append(made, what)
		}
	}
	if bytes.Equal(image, seed.Image) {
		return nil, nil
	}
	return image, made
}

// skip reports whether the kernel would only die once more.
func (f *Fuzzer) skip(senet string) bool {
	for class := range f.deadly {
		if senet != "" && strings.Contains(senet, class) {
			return true
		}
	}
	return false
}

func (f *Fuzzer) one(ctx context.Context, seed *Seed, changes []uint64) error {
	image, made := apply(seed, changes)
	if image == nil {
		return nil
	}
	const often = 4
	reason := senetTakes(image)
	if f.skip(reason) {
		f.Skipped++
		return nil
	}
	if asked := f.asked[reason]; reason != "" && f.rng.IntN(asked+often) >= often {
		return nil
	}
	f.asked[reason]++
	v, err := f.judge(ctx, image)
	if err != nil || v.Agree() {
		return err
	}
	if i := slices.IndexFunc(f.Findings, func(k *Finding) bool { return k.Key() == v.Key() }); i >= 0 {
		f.Findings[i].Count++
		return nil
	}
	// One change may be enough.
	if len(changes) > 1 && !v.Died {
		for _, c := range changes {
			alone, what := apply(seed, []uint64{c})
			if alone == nil || f.skip(senetTakes(alone)) {
				continue
			}
			w, err := f.judge(ctx, alone)
			if err != nil {
				return err
			}
			if w.Key() == v.Key() {
				image, made = alone, what
				break
			}
		}
	}
	found := &Finding{LoadVerdict: v, Seed: seed.Name, Changes: made, Image: image, Count: 1,
		Known: known(f.VM.Version, &v)}
	f.Findings = append(f.Findings, found)
	return f.write(found)
}

func (f *Fuzzer) judge(ctx context.Context, image []byte) (LoadVerdict, error) {
	v, err := f.VM.Judge(ctx, image, f.Base)
	f.Tried++
	if v.Senet == "" {
		f.Taken++
	}
	if v.Died {
		if f.Deaths++; v.Senet != "" {
			f.deadly[v.Senet] = true
		}
	}
	return v, err
}

// write keeps a finding that is news: the policy, and the findings about it.
func (f *Fuzzer) write(found *Finding) error {
	if f.Dir == "" || found.Known != "" {
		return nil
	}
	if err := os.MkdirAll(f.Dir, 0o755); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(found.Key()))
	name := filepath.Join(f.Dir, fmt.Sprintf("%s-%x", f.VM.Version, sum[:6]))
	if err := os.WriteFile(name+".policy", found.Image, 0o644); err != nil {
		return err
	}
	return os.WriteFile(name+".txt", []byte(found.String()+"\n"), 0o644)
}
