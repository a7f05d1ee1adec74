package testenv

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// Kept returns what make makes of its inputs, which key names: from the cache directory of a
// subject where a run before has made it. It is for the answers of other programs that take
// seconds, and depend on nothing but key: see [Program] for the program's part of it.
func Kept(t testing.TB, subject, key string, make func() []byte) []byte {
	t.Helper()
	dir, err := CacheDir(subject)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(key))
	name := filepath.Join(dir, hex.EncodeToString(sum[:]))
	if kept, err := os.ReadFile(name); err == nil {
		return kept
	}
	made := make()
	file, err := os.CreateTemp(dir, "new")
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.Write(made)
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(file.Name(), name) // whole, or not at all
	}
	if err != nil {
		t.Fatal(err)
	}
	return made
}

var library = regexp.MustCompile(`(?m)=> (/\S+)`)

// Program returns a text that is another one when a program or a library that it is linked
// with changes.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, err.Error())
	}
	files := []string{path}
	out, _ := exec.Command("ldd", path).Output() // one that is linked statically has none
	for _, m := range library.FindAllSubmatch(out, -1) {
		files = append(files, string(m[1]))
	}
	sum := sha256.New()
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.Copy(sum, file)
		file.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}
