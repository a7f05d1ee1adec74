package stores

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// Usual copies what a usual run compares with semanage on: a small store. A long run takes
// Debian's whole one.
func Usual(t testing.TB, store string) string {
	t.Helper()
	if testenv.Long() {
		return Copy(t, store)
	}
	return Small(t, store)
}

// Small copies a store with the modules of smallModules to a new root. Real semodule built
// it, so that all that follows from the modules is theirs. A transaction of semanage takes a
// quarter of the time that it takes on the whole store. It is built once and kept.
func Small(t testing.TB, store string) string {
	t.Helper()
	testenv.Need(t, "semodule")
	testenv.Policy(t, store)
	if os.Getuid() != 0 {
		testenv.Missing(t, "only root may read a store")
	}
	from, err := small(store, testenv.Program(t, "semodule")+testenv.Files(t, stateOf(t, store)...))
	if err != nil {
		t.Fatal(err)
	}
	root := Dir(t)
	if err := Clone(from, root, store); err != nil {
		t.Fatal(err)
	}
	return root
}

// stateOf lists the files of a store that change with every transaction, and what is built.
func stateOf(t testing.TB, store string) (files []string) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir("/", store), "active/*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
			files = append(files, name)
		}
	}
	if len(files) == 0 {
		t.Fatal("no files in the active store of " + store)
	}
	return files
}

// small returns the root that has the small store of that name, and makes it first if need
// be: in a directory whose name says what it is made of. from stands for semodule and the
// whole store.
func small(store, from string) (root string, err error) {
	cache, err := testenv.CacheDir("stores")
	if err != nil {
		return "", err
	}
	made := sha256.Sum256([]byte(store + smallModules + from))
	root = filepath.Join(cache, store+"-"+hex.EncodeToString(made[:8]))
	if _, err := os.Stat(root); err == nil {
		return root, nil
	}
	work, err := os.MkdirTemp(cache, "work")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	if err := CopyTo(work, store); err != nil {
		return "", err
	}
	if err := keepModules(work, store, smallModules); err != nil {
		return "", err
	}
	if out, err := exec.Command("semodule", "-n", "-p", work, "-s", store, "-B").CombinedOutput(); err != nil {
		return "", fmt.Errorf("semodule: %w: %s", err, out)
	}
	// Another test may have made it since.
	if err := os.Rename(work, root); err != nil {
		if _, there := os.Stat(root); there != nil {
			return "", err
		}
	}
	return root, nil
}

// keepModules removes all modules of a store but those named between blanks.
func keepModules(root, store, names string) error {
	modules := filepath.Join(dir(root, store), "active/modules")
	dirs, err := filepath.Glob(modules + "/100/*")
	if err != nil {
		return err
	}
	if len(dirs) < 100 {
		return fmt.Errorf("%s has %d modules", modules, len(dirs))
	}
	for _, dir := range dirs {
		if !strings.Contains(names, " "+filepath.Base(dir)+" ") {
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
		}
	}
	return os.RemoveAll(modules + "/disabled")
}
