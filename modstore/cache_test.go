package modstore

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/usercache"
)

// openedCache opens a cache file as a build does.
func openedCache(t *testing.T, file string) *moduleCache {
	t.Helper()
	c := &moduleCache{name: file, entries: map[[sha256.Size]byte]*cached{}, version: usercache.Program()}
	c.open()
	t.Cleanup(c.close)
	return c
}

func module(name string) fresh {
	form := bytes.Repeat([]byte("form of "+name+"\n"), 40) // more than the head, else the file is written again
	return fresh{sha256.Sum256([]byte(name)), form, []byte("text of " + name)}
}

// texts returns the texts that a cache file has of some modules.
func texts(t *testing.T, file string, names ...string) (text []string) {
	t.Helper()
	c := openedCache(t, file)
	for _, name := range names {
		e := c.find(module(name).key)
		if e == nil {
			text = append(text, "")
			continue
		}
		text = append(text, string(c.text(e, nil)))
	}
	return text
}

// TestCacheTogether: a process that read the cache before another changed it takes nothing of it away.
func TestCacheTogether(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache")
	openedCache(t, file).keep([]fresh{module("a")})
	for _, test := range []struct {
		name  string
		other func(c *moduleCache)
	}{
		{"added", func(c *moduleCache) { c.keep([]fresh{module("b")}) }},
		{"replaced", func(c *moduleCache) {
			clear(c.entries)
			c.replace([]fresh{module("b"), module("a module with a longer text"), module("a")})
		}},
	} {
		mine, other := openedCache(t, file), openedCache(t, file)
		for _, c := range []*moduleCache{mine, other} {
			for key := range c.entries {
				c.find(key)
			}
		}
		test.other(other)
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		mine.keep([]fresh{module("mine")})
		if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s: %d bytes, then %d (%v)", test.name, len(before), len(after), err)
		}
		if got := texts(t, file, "a", "b"); got[0] != "text of a" || got[1] != "text of b" {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}

// TestCacheLocked: what another process writes to is left to it.
func TestCacheLocked(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache")
	openedCache(t, file).keep([]fresh{module("a")})
	c := openedCache(t, file)
	c.find(module("a").key)
	f, err := sysroot.Root{}.OpenUpdate(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := sysroot.TryLock(f); err != nil {
		t.Fatal(err)
	}
	c.keep([]fresh{module("b")})
	f.Close()
	if got := texts(t, file, "a", "b"); got[0] == "" || got[1] != "" {
		t.Errorf("written to while locked: %q", got)
	}
	c.keep([]fresh{module("b")})
	if got := texts(t, file, "a", "b"); got[0] == "" || got[1] == "" {
		t.Errorf("not written to: %q", got)
	}
}

// TestCacheHalf: after a process that was killed while it added an entry, at any place, the next one adds its own.
func TestCacheHalf(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache")
	openedCache(t, file).keep([]fresh{module("a")})
	short, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c := openedCache(t, file)
	c.find(module("a").key)
	c.keep([]fresh{module("b")})
	long, err := os.ReadFile(file)
	if err != nil || len(long) <= len(short) {
		t.Fatal(len(short), len(long), err)
	}
	for n := len(short); n < len(long); n += 3 {
		if err := os.WriteFile(file, long[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		c := openedCache(t, file)
		c.find(module("a").key)
		c.keep([]fresh{module("c")})
		if got := texts(t, file, "a", "b", "c"); got[0] == "" || got[1] != "" || got[2] != "text of c" {
			t.Fatalf("%d of %d bytes: %q", n, len(long), got)
		}
	}
}
