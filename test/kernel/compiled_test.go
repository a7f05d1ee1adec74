package kernel

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/cilgen"
)

// testCompiled loads what senet compiles from Debian's modules and compares the
// kernel's decisions under it with senet's.
func testCompiled(t *testing.T, vm *VM, c *counts) {
	total := 100_000
	if short() {
		total = 10_000
	}
	on := true
	for _, kind := range []string{"default", "mls"} {
		t.Run(kind, func(t *testing.T) {
			modules, err := compile.ReadModules(testenv.Modules(t, kind), compile.Options{})
			if err != nil {
				t.Fatal(err)
			}
			// As libsemanage compiles them: one label is in them twice.
			opts := compile.Options{Libsepol: compile.OldestRelease, MLS: &on, DisableNeverallow: true}
			r, err := compile.Build(modules, opts)
			if err != nil {
				t.Fatal(err)
			}
			image := r.Policy.Encode()
			db, err := policydb.Decode(image)
			if err != nil {
				t.Fatal(err)
			}
			p := policy.New(db)
			if err := vm.LoadImage(image, p); err != nil {
				t.Fatal(err)
			}
			c.policies.Add(1)
			a := newAsker(p, rand.New(rand.NewPCG(13, 8)))
			a.reuse = true
			var o oracles
			const chunk = 10_000
			for done := 0; done < total/2; done += chunk {
				n := min(chunk, total/2)
				o.decisions(t, vm, a, n, c)
				o.labels(t, vm, a, n/10, c)
				o.contexts(t, vm, a, n/10, c)
			}
			if o.bad > 0 || o.granted == 0 || o.moved == 0 || o.valid == 0 || o.invalid == 0 {
				t.Errorf("%d answers differ; %d grant something, %d labels move, %d contexts are valid, %d are not",
					o.bad, o.granted, o.moved, o.valid, o.invalid)
			}
		})
	}
}

// testCompiledRandom asks the kernel whether it loads what senet compiles from
// random CIL, in the versions that the kernel knows.
func testCompiledRandom(t *testing.T, vm *VM, c *counts) {
	n := 300
	switch {
	case long():
		n = 3000
	case short():
		n = 60
	}
	base, err := cil.ParseFile("base.cil", cilgen.Base)
	if err != nil {
		t.Fatal(err)
	}
	unknown := policydb.UnknownAllow
	image := func(seed uint64) []byte {
		generator := cilgen.New
		if seed%2 == 1 {
			generator = cilgen.NewNewer
		}
		files := []*cil.File{base}
		if seed > 0 {
			f, err := cil.ParseFile("random.cil", generator(seed).Text())
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
		r, err := compile.Compile(files, compile.Options{
			HandleUnknown: &unknown, MultipleDecls: seed%3 == 0, Optimize: seed%5 == 0, DisableNeverallow: true,
			Version: [...]uint32{33, 33, 33, 32, 31, 30, 28, 26, 24}[seed%9],
		})
		if err != nil {
			return nil
		}
		return labelled(t, r.Policy.Encode())
	}
	first := image(0)
	if first == nil {
		t.Fatal("base.cil does not compile")
	}
	loaded := 0
	seed := uint64(1)
	for tried := 0; tried < n; seed++ {
		compiled := image(seed)
		if compiled == nil {
			continue // a random mistake
		}
		tried++
		v, err := vm.Judge(context.Background(), compiled, first)
		switch {
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		case v.Senet == "" && v.Kernel == "" && !v.Died:
			loaded++
		case v.Died || v.Senet == "" || v.Kernel == "":
			t.Errorf("seed %d: senet says %q, the kernel %q", seed, v.Senet, v.Kernel)
		}
	}
	t.Logf("%d policies of %d seeds: the kernel loads %d", n, seed-1, loaded)
	c.policies.Add(int64(loaded))
	if loaded < n*8/10 {
		t.Errorf("the kernel loads %d of %d policies", loaded, n)
	}
}
