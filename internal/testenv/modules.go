package testenv

import (
	"bytes"
	"compress/bzip2"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Modules returns the modules of an installed policy, unpacked, in the order in which libsemanage
// compiles them. The files are kept from run to run: they are to be read only.
func Modules(t testing.TB, kind string) []string {
	t.Helper()
	root := filepath.Join("/var/lib/selinux", kind, "active/modules")
	list, err := filepath.Glob(filepath.Join(root, "100/*/cil"))
	if err != nil || len(list) == 0 {
		Missing(t, "package selinux-policy-"+kind+" has not installed its modules")
	}
	var names []string
	var packed [][]byte
	sum := sha256.New()
	for _, path := range list {
		name := filepath.Base(filepath.Dir(path))
		if _, err := os.Stat(filepath.Join(root, "disabled", name)); err == nil {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		names, packed = append(names, name+".cil"), append(packed, data)
	}
	cache, err := CacheDir("modules")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, kind+"-"+hex.EncodeToString(sum.Sum(nil)[:12]))
	if _, err := os.Stat(dir); err != nil {
		if err := unpack(cache, dir, names, packed); err != nil {
			t.Fatal(err)
		}
	}
	files := make([]string, len(names))
	for i, name := range names {
		files[i] = filepath.Join(dir, name)
	}
	slices.Sort(files)
	return files
}

// unpack makes a directory with the files, whole or not at all.
func unpack(cache, dir string, names []string, packed [][]byte) error {
	tmp, err := os.MkdirTemp(cache, "new")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	for i, name := range names {
		text, err := io.ReadAll(bzip2.NewReader(bytes.NewReader(packed[i])))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(tmp, name), text, 0o400); err != nil {
			return err
		}
	}
	if err := os.Rename(tmp, dir); err != nil {
		if _, other := os.Stat(dir); other == nil {
			return nil // another test made it meanwhile
		}
		return err
	}
	return nil
}
