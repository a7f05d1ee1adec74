package modstore_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/test/stores"
)

// diskCopy copies Debian's store to a disk.
func diskCopy(b *testing.B) string {
	root := b.TempDir()
	stores.CopyInto(b, root, "default")
	stores.WithSystem(b, root)
	return root
}

// BenchmarkBuild builds all modules, as semodule -B does: with the texts kept from
// the last time, and without.
func BenchmarkBuild(b *testing.B) {
	nothing := func(*modstore.Tx) error { return nil }
	root := diskCopy(b)
	if err := change(root, nothing); err != nil {
		b.Fatal(err)
	}
	b.Run("warm", func(b *testing.B) {
		for b.Loop() {
			if err := change(root, nothing); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			if err := os.Remove(filepath.Join(root, "var/lib/selinux/default/senet.modules")); err != nil {
				b.Fatal(err)
			}
			if err := change(root, nothing); err != nil {
				b.Fatal(err)
			}
		}
	})
}

const smallModule = "(typeattributeset cil_gen_require httpd_t)\n(allow httpd_t self (process (ptrace)))\n"

// BenchmarkInstall installs a small module and removes it.
func BenchmarkInstall(b *testing.B) {
	root := diskCopy(b)
	k := modstore.Key{Priority: 400, Name: "small"}
	for b.Loop() {
		for _, edit := range []func(*modstore.Tx) error{
			func(tx *modstore.Tx) error { return tx.Install(k, "cil", []byte(smallModule)) },
			func(tx *modstore.Tx) error { return tx.Remove(k) },
		} {
			if err := change(root, edit); err != nil {
				b.Fatal(err)
			}
		}
	}
}
