package policies

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/oracle"
)

// Every version that can be written is read by libsepol, and says in its header
// what was asked for: the version and the MLS bit.
func TestSmall(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	oracle.Need(t)
	for _, target := range []string{SELinux, Xen} {
		for _, mls := range []bool{true, false} {
			versions := SmallVersions(target, mls)
			if len(versions) == 0 {
				t.Fatalf("no versions for %s", target)
			}
			for _, version := range versions {
				t.Run(fmt.Sprintf("%s %d mls=%v", target, version, mls), func(t *testing.T) {
					path, err := Small(version, target, mls)
					if err != nil {
						t.Fatal(err)
					}
					if err := oracle.Loads(path); err != nil {
						t.Error(err)
					}
					image, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					header := image[8+binary.LittleEndian.Uint32(image[4:]):]
					if got := binary.LittleEndian.Uint32(header); got != uint32(version) {
						t.Errorf("version %d", got)
					}
					if got := header[4]&1 == 1; got != mls {
						t.Errorf("MLS bit %v", got)
					}
				})
			}
		}
	}
}

// The policies of the newest version fill every section seinfo counts.
func TestSmallCoverage(t *testing.T) {
	testenv.Need(t, "checkpolicy", "seinfo")
	sections := map[string][]string{
		SELinux: {"Classes", "Sensitivities", "Categories", "Types", "Attributes", "Users", "Roles", "Booleans",
			"Cond. Expr.",
			"Allow", "Auditallow", "Dontaudit", "Type_trans", "Type_change", "Type_member", "Range_trans",
			"Role allow", "Role_trans",
			"Constraints", "Validatetrans", "MLS Constrain", "MLS Val. Tran", "Permissives", "Polcap", "Defaults",
			"Typebounds",
			"Allowxperm", "Auditallowxperm", "Dontauditxperm", "Ibendportcon", "Ibpkeycon", "Initial SIDs", "Fs_use",
			"Genfscon",
			"Portcon", "Netifcon", "Nodecon"},
		Xen: {"Devicetreecon", "Iomemcon", "Ioportcon", "Pcidevicecon", "Pirqcon", "Initial SIDs"},
	}
	for target, names := range sections {
		path, err := Small(SmallVersions(target, true)[0], target, true)
		if err != nil {
			t.Fatal(err)
		}
		counts := seinfoCounts(t, path)
		for _, name := range names {
			if counts[name] == 0 {
				t.Errorf("%s: %s: none (%v)", target, name, counts)
			}
		}
	}
}

// Debian's default policy converts to each older version that libsepol reads.
// Version 19 has no attributes and takes 100 MB, so it is asked for by
// SENET_TEST_LONG=1.
func TestDowngrade(t *testing.T) {
	testenv.Need(t, "checkpolicy")
	oracle.Need(t)
	lowest := 20
	if testenv.Long() {
		lowest = 19
	}
	paths, err := Downgrades(testenv.Policy(t, "default"), true, lowest)
	if err != nil {
		t.Fatal(err)
	}
	for version, path := range paths {
		if err := oracle.Loads(path); err != nil {
			t.Errorf("version %d: %v", version, err)
		}
	}
}

// secilc writes versions 15..18 too, for a policy without MLS.
func TestCompileCIL(t *testing.T) {
	testenv.Need(t, "secilc")
	oracle.Need(t)
	const cil = `(mls false) (handleunknown deny) (class file (read write)) (classorder (file)) (sid kernel) (sidorder (kernel))
(user u) (role r) (type t) (userrole u r) (roletype r t) (typeattribute a) (typeattributeset a (t))
(allow a t (file (read))) (boolean b true) (booleanif b (true (allow t t (file (write)))))
(sensitivity s0) (sensitivityorder (s0)) (userlevel u (s0)) (userrange u ((s0) (s0)))
(context c (u r t ((s0) (s0)))) (sidcontext kernel c)`
	for version := 15; version <= 33; version++ {
		path, err := CompileCIL([]byte(cil), Options{Version: version})
		if err != nil {
			t.Errorf("version %d: %v", version, err)
			continue
		}
		if err := oracle.Loads(path); err != nil {
			t.Errorf("version %d: %v", version, err)
		}
	}
}
