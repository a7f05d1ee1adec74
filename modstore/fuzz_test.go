package modstore

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/usercache"
)

// FuzzCache reads a cache that anybody may have written: what it gives is of the right
// checksum, and what is added then is found.
func FuzzCache(f *testing.F) {
	key, text := sha256.Sum256([]byte("a")), []byte("(allow a b (c (d)))")
	var good bytes.Buffer
	good.WriteString(cacheMagic)
	writer := &moduleCache{version: usercache.Program()}
	if err := writer.write(&good, []fresh{{key, []byte("form"), text}}); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes(), uint16(0))
	f.Add(good.Bytes(), uint16(good.Len()-3))
	f.Add(good.Bytes(), uint16(len(cacheMagic)+entryHeadSize+1))
	f.Add(good.Bytes()[:good.Len()-1], uint16(0))
	f.Add([]byte(cacheMagic), uint16(0))
	f.Add([]byte("BZh9"), uint16(0))
	f.Fuzz(func(t *testing.T, data []byte, flip uint16) {
		if flip > 0 && int(flip) < len(data) {
			data = bytes.Clone(data)
			data[flip] ^= 1
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, cacheName), data, 0o600); err != nil {
			t.Fatal(err)
		}
		root, err := sysroot.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		open := func() *moduleCache {
			c := &moduleCache{root: root, name: "/" + cacheName, version: usercache.Program()}
			c.entries = map[[sha256.Size]byte]*cached{}
			c.open()
			t.Cleanup(c.close)
			return c
		}
		c := open()
		for k := range c.entries {
			e := c.find(k)
			if b := c.text(e, nil); b != nil && castagnoli(b) != e.TextCRC {
				t.Error("a text that is not what it was")
			}
			if b := c.form(e, make([]byte, 8)); b != nil && k == key && string(b) != "form" {
				t.Errorf("a form %q", b)
			}
		}
		want, added := []byte("(type fresh)"), sha256.Sum256([]byte("fresh"))
		kept := 0
		for k := range c.entries {
			if k != added {
				kept++
			}
		}
		c.keep([]fresh{{added, []byte("form"), want}})
		again := open()
		e := again.find(added)
		if e == nil || !bytes.Equal(again.text(e, nil), want) || string(again.form(e, nil)) != "form" {
			t.Fatal("what was added is not found")
		}
		if len(again.entries) < kept && !c.damaged {
			t.Errorf("%d entries of %d are left", len(again.entries), kept)
		}
	})
}

// TestCacheGrows: what a build adds is written behind the entries that it used, in the same file.
func TestCacheGrows(t *testing.T) {
	dir := t.TempDir()
	root, err := sysroot.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	list := make([]fresh, 5)
	for i := range list {
		text := fmt.Appendf(nil, "(type t%0200d)", i)
		list[i] = fresh{sha256.Sum256(text), []byte("form"), text}
	}
	var first os.FileInfo
	for n := range list {
		c := &moduleCache{root: root, name: "/" + cacheName, version: usercache.Program()}
		c.entries = map[[sha256.Size]byte]*cached{}
		c.open()
		for i := range n {
			if e := c.find(list[i].key); e == nil || !bytes.Equal(c.text(e, nil), list[i].text) {
				t.Fatalf("entry %d of %d is lost", i, n)
			}
		}
		c.keep(list[n : n+1])
		c.close()
		info, err := os.Stat(filepath.Join(dir, cacheName))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = info
		}
		if !os.SameFile(first, info) {
			t.Errorf("the file was written again for entry %d", n)
		}
	}
}
