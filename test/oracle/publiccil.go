package oracle

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// publicVariable lists directories of CIL that others have published, as PATH lists
// directories. The word "fetch" stands for publicRepositories, which git then
// fetches into the cache directory.
const publicVariable = "SENET_TEST_CIL"

// publicRepositories hold CIL: the policies that are written in it, the inputs of
// secilc's own tests, and policies of Android as devices have them.
var publicRepositories = []string{
	"SELinuxProject/selinux", "SELinuxProject/cil", "SELinuxProject/selinux-notebook",
	"SELinuxProject/selinux-testsuite",
	"DefenSec/dssp1-base", "DefenSec/dssp2-base", "DefenSec/dssp5",
	"bottlerocket-os/bottlerocket-core-kit", "containers/udica", "containers/container-selinux",
	"fedora-selinux/selinux-policy",
	"lceragioli/SELinuxIFCIL", "LineageOS/android_system_sepolicy",
	"sl4v3k/poco_m3_pro_sepolicy_compilation", "Jiovanni-dump/fossil_hoki_dump", "Asteroid21/empty",
	"BenzoRom/vendor_google_devices_crosshatch", "Andrei-Tanase/plat_file_contexts_intermediates", "sellerie98/LGG7doc",
	"TDD788/super-patch-action", "u0-ani-nya/personal_debug",
	"GrapheneOS/platform_system_sepolicy", "syberia-project/platform_system_sepolicy", "master-hax/aosp-sepolicy",
	"TadiT7/blackberry_bbf100_dump", "TadiT7/nubia_nx606j_dump", "Infect-Ed/hi9pro_system_dump",
	"DD3Boh/proprietary_vendor_qcom", "TheHardGamer/zangyapro_dump", "KostyaJRZ/89xx-blobs",
	"DumpedByAlice/lenovo_tbx304_dump", "Aryanxfa/A505F-vs-A205N", "AndroPlus-org/android_dump_rakuten_c330ae",
	"Android-FW-Dumps/samsung_f62_dump", "CORN-R1/k65v1_64_bsp_r1_0883", "DeekshithSH/VOS-e-Extracted",
}

// NeedPublicCIL returns the directories that SENET_TEST_CIL lists, and skips the test
// where it is not set, or where git cannot fetch what it asks for.
func NeedPublicCIL(t testing.TB) []string {
	t.Helper()
	var trees []string
	for _, dir := range filepath.SplitList(os.Getenv(publicVariable)) {
		if dir != "fetch" {
			trees = append(trees, dir)
			continue
		}
		for _, name := range publicRepositories {
			tree, err := fetchCIL(name)
			if err != nil {
				t.Logf("%s: %v", name, err)
				continue
			}
			trees = append(trees, tree)
		}
	}
	if len(trees) == 0 {
		t.Skipf("no CIL of others: set %s to fetch, or to directories that have it", publicVariable)
	}
	return trees
}

// fetchCIL returns a directory with the CIL of a public repository, which is fetched
// once.
func fetchCIL(name string) (string, error) {
	cache, err := testenv.CacheDir("cil")
	if err != nil {
		return "", err
	}
	tree := filepath.Join(cache, strings.ReplaceAll(name, "/", "+"))
	if _, err := os.Stat(tree); err == nil {
		return tree, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchTime)
	defer cancel()
	tmp, err := os.MkdirTemp(cache, "new-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	for _, args := range [][]string{
		{"clone", "-q", "--depth=1", "--filter=blob:none", "--no-checkout", "https://github.com/" + name, tmp},
		{"-C", tmp, "sparse-checkout", "set", "--no-cone", "*.cil"},
		{"-C", tmp, "checkout", "-q"},
	} {
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("git %s: %w: %s", args[0], err, out)
		}
	}
	if err := os.Rename(tmp, tree); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	return tree, nil
}
