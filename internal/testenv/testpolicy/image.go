package testpolicy

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/policies"
)

// An Image is one binary policy to try.
type Image struct {
	Name string // what to call it in a failure
	Path string
	Data []byte
}

// Load reads the image of a file.
func Load(t testing.TB, name, path string) Image {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return Image{name, path, data}
}

// DebianImage returns the policy of Debian's package selinux-policy-KIND.
func DebianImage(t testing.TB, kind string) Image {
	t.Helper()
	return Load(t, "debian-"+kind, testenv.Policy(t, kind))
}

// FedoraSize returns the generated policy of the size of Fedora's.
func FedoraSize(t testing.TB) Image {
	t.Helper()
	testenv.Need(t, "checkpolicy")
	path, err := policies.FedoraSize()
	if err != nil {
		t.Fatal(err)
	}
	return Load(t, "fedora-size", path)
}

// RealImages returns the policies that Debian installs, one of the size of Fedora's, and
// every binary policy in the directory $SENET_TEST_POLICIES.
func RealImages(t testing.TB) []Image {
	t.Helper()
	list := []Image{DebianImage(t, "default"), DebianImage(t, "mls"), FedoraSize(t)}
	dir := os.Getenv("SENET_TEST_POLICIES")
	if dir == "" {
		return list
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		p := Load(t, e.Name(), filepath.Join(dir, e.Name()))
		if !bytes.HasPrefix(p.Data, []byte("\x8c\xff\x7c\xf9")) {
			t.Logf("SENET_TEST_POLICIES: %s is no binary policy", e.Name())
			continue
		}
		list = append(list, p)
		found++
	}
	if found == 0 {
		t.Fatalf("SENET_TEST_POLICIES: no binary policy in %s", dir)
	}
	return list
}
