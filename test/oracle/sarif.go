package oracle

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// sarifPackage is the checker of SARIF that its authors publish, with the schema of SARIF
// 2.1.0 in it.
const sarifPackage = "@microsoft/sarif-multitool-linux@5.7.0"

// A SARIF has the files that SARIF is checked with.
type SARIF struct {
	// Schema is the file of the schema, Checker the program whose command validate checks
	// a log.
	Schema, Checker string
}

// NeedSARIF returns the checker of SARIF, which npm downloads once into the cache
// directory. In a usual run the test is skipped where it is not there yet, for it is large.
func NeedSARIF(t testing.TB) SARIF {
	t.Helper()
	cache, err := testenv.CacheDir("sarif")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "package")
	s := SARIF{Schema: filepath.Join(dir, "sarif-2.1.0.json"), Checker: filepath.Join(dir, "Sarif.Multitool")}
	if _, err := os.Stat(s.Checker); err == nil {
		return s
	}
	if !testenv.Long() {
		t.Skip("SENET_TEST_LONG=1 downloads the checker of SARIF")
	}
	testenv.Need(t, "npm", "tar")
	if err := fetchSARIF(cache); err != nil {
		testenv.Missing(t, "the checker of SARIF cannot be downloaded: "+err.Error())
	}
	return s
}

func fetchSARIF(cache string) error {
	tmp, err := os.MkdirTemp(cache, "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	ctx, cancel := context.WithTimeout(context.Background(), fetchTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "npm", "pack", "--silent", "--ignore-scripts", sarifPackage)
	cmd.Dir = tmp
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack: %w: %s", err, out)
	}
	archives, err := filepath.Glob(filepath.Join(tmp, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return fmt.Errorf("npm pack left %d archives", len(archives))
	}
	if out, err := exec.CommandContext(ctx, "tar", "-C", tmp, "-xzf", archives[0]).CombinedOutput(); err != nil {
		return fmt.Errorf("tar: %w: %s", err, out)
	}
	unpacked := filepath.Join(tmp, "package")
	if err := os.Chmod(filepath.Join(unpacked, "Sarif.Multitool"), 0o700); err != nil {
		return err
	}
	dir := filepath.Join(cache, "package")
	if err := os.Rename(unpacked, dir); err != nil {
		if _, there := os.Stat(dir); there != nil {
			return err
		}
	}
	return nil
}
