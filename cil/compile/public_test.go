package compile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
)

// A publicSet is sources that are compiled together.
type publicSet struct {
	name  string
	files []string
	whole bool // a policy or a part of one, worth all options
}

// publicSettings are all that secilc can be told.
var publicSettings = []setting{
	{}, optimized, multiple, with(multiple, mlsOn, generated, noNeverallow), with(multiple, optimized),
	mlsOn, mlsOff, noDontAudit, noNeverallow, tunables, qualified, generated, expandFive, expandNone,
	unknownAllow, unknownReject, version(24), version(26), version(28), version(29), version(30), version(31),
	version(32), version(33), with(xen, version(30)),
}

// TestPublic compiles CIL that others have published, as secilc of several releases
// does: each file, each directory and each tree as one policy, and what Android's
// init compiles. None of it is in this repository: see test/oracle/publiccil.go.
func TestPublic(t *testing.T) {
	testenv.Need(t, "secilc")
	trees := oracle.NeedPublicCIL(t)
	peers := append([]peer{debian12}, newer(t)...)
	if !testenv.Long() {
		peers = peers[:1]
	}
	for _, tree := range trees {
		t.Run(filepath.Base(tree), func(t *testing.T) {
			accepted, compared := 0, 0
			for _, set := range publicSets(t, tree) {
				settings := publicSettings
				if !set.whole || !testenv.Long() {
					settings = publicSettings[:4]
				}
				for _, p := range peers {
					for _, s := range settings {
						peer := p.compile(t, s, set.files...)
						if peer.code < 0 {
							t.Logf("%s %v: secilc %s crashed", set.name, s.flags, p.release)
							continue
						}
						compared++
						if peer.ok {
							accepted++
						}
						own := p.ours(t, s, set.files...)
						if s.opts.Target == policydb.TargetXen && peer.ok && own.ok {
							continue // see docs/secilc-differences.md
						}
						if d := differ(peer, own); d != "" {
							t.Errorf("%s %v, libsepol %s:\n%.2000s", set.name, s.flags, p.release, d)
						}
					}
				}
			}
			t.Logf("%d comparisons; secilc accepts %d", compared, accepted)
		})
	}
}

// publicSets returns what is compiled together of a tree.
func publicSets(t *testing.T, tree string) []publicSet {
	t.Helper()
	dirs := make(map[string][]string)
	var all []string
	err := filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".cil") || !d.Type().IsRegular() {
			return err
		}
		if info, err := d.Info(); err != nil || info.Size() == 0 {
			return err
		}
		dirs[filepath.Dir(path)] = append(dirs[filepath.Dir(path)], path)
		all = append(all, path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	short := func(path string) string {
		name, err := filepath.Rel(tree, path)
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	var sets []publicSet
	for _, path := range all {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		sets = append(sets, publicSet{short(path), []string{path}, info.Size() > 1<<18})
	}
	for dir, files := range dirs {
		if len(files) > 1 {
			slices.Sort(files)
			sets = append(sets, publicSet{short(dir) + "/*", files, true})
		}
	}
	if len(dirs) > 1 {
		sets = append(sets, publicSet{"all", all, true})
	}
	sets = append(sets, androidSets(all)...)
	slices.SortFunc(sets, func(a, b publicSet) int { return strings.Compare(a.name, b.name) })
	return sets
}

// androidSets returns what Android's init compiles: the policy of the platform, a
// mapping, and the policy of the vendor.
func androidSets(all []string) []publicSet {
	named := func(name string) []string {
		var list []string
		for _, path := range all {
			if filepath.Base(path) == name {
				list = append(list, path)
			}
		}
		return list
	}
	var mappings []string
	for _, path := range all {
		if base := filepath.Base(path); base[0] >= '0' && base[0] <= '9' && !strings.Contains(base, "compat") {
			mappings = append(mappings, path)
		}
	}
	var sets []publicSet
	for _, platform := range named("plat_sepolicy.cil") {
		for _, mapping := range mappings {
			files := []string{platform, mapping}
			for _, name := range []string{
				"system_ext_sepolicy.cil", "product_sepolicy.cil", "mapping_ext_" + filepath.Base(mapping),
				"plat_pub_versioned.cil", "vendor_sepolicy.cil", "odm_sepolicy.cil",
			} {
				files = append(files, named(name)...)
			}
			sets = append(sets, publicSet{"android with " + filepath.Base(mapping), files, true})
		}
	}
	return sets
}
