package testenv

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// Kept returns what make makes of inputs that key describes in full. A run that made it before
// has kept it in the cache directory of a subject. It is for answers of other programs that take
// seconds: [Program] returns what stands for the program in the key.
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

// KeptJSON is [Kept] for a value, which is kept as JSON.
func KeptJSON[T any](t testing.TB, subject, key string, make func() T) (value T) {
	t.Helper()
	text := Kept(t, subject, key, func() []byte {
		text, err := json.Marshal(make())
		if err != nil {
			t.Fatal(err)
		}
		return text
	})
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

var library = regexp.MustCompile(`(?m)=> (/\S+)`)

// Program returns a text that changes when a program or a library that it is linked with changes.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, err.Error())
	}
	Need(t, "ldd")
	out, err := exec.Command("ldd", path).CombinedOutput()
	if err != nil && !bytes.Contains(out, []byte("not a dynamic executable")) {
		t.Fatalf("ldd %s: %v: %s", path, err, out)
	}
	files := []string{path}
	for _, m := range library.FindAllSubmatch(out, -1) {
		files = append(files, string(m[1]))
	}
	return Files(t, files...)
}

// Files returns a text that changes when the contents of one of some files change.
func Files(t testing.TB, names ...string) string {
	t.Helper()
	sum := sha256.New()
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		one := sha256.Sum256(data)
		sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}
