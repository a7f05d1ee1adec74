package refpolicy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// ruleTexts are the rules of a definition by its name.
func ruleTexts(t *testing.T, x *Index, name string) (list []string) {
	t.Helper()
	for def := range x.Defs() {
		if x.Name(def) != name {
			continue
		}
		for r := range x.Rules(def).All() {
			list = append(list, ruleText(r, x.Cond(r.Cond), x.Set))
		}
	}
	return list
}

// TestIndexFile: an index is kept if the headers were old enough when they were read, and is used until anything of
// them changes: the content of a file with its size and times as before, a new file, a removed one, the settings.
func TestIndexFile(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", filepath.Join(t.TempDir(), "c"))
	dir := write(t, map[string]string{"support/a.spt": support, "a/web.if": interfaces, "build.conf": "TYPE = mcs\n"})
	root := sysroot.Root{}
	file := cacheFile(root, dir)
	kept := func() bool { return cachedIndex(file, root) != nil }
	first, err := OpenIndex("", dir)
	if err != nil {
		t.Fatal(err)
	}
	if kept() {
		t.Error("headers that were just written are cached")
	}
	want := ruleTexts(t, first, "web_read")
	if len(want) != 1 {
		t.Fatal(want)
	}
	// keep makes an index as if the headers had been read later.
	keep := func() {
		t.Helper()
		h, err := open(t, dir)
		if err != nil {
			t.Fatal(err)
		}
		x, err := h.Index()
		if err != nil {
			t.Fatal(err)
		}
		keepIndex(file, root, h, x, time.Now().Add(2*tick))
		if !kept() {
			t.Fatal("nothing is cached")
		}
	}
	keep()
	x, err := OpenIndex("", dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := ruleTexts(t, x, "web_read"); len(got) != 1 || got[0] != want[0] || x.Dir != dir {
		t.Errorf("%q in %s, want %q", got, x.Dir, want)
	}
	if h, err := x.Headers(); err != nil || len(h.Defs) != x.Defs() {
		t.Error(h, err)
	}
	web, added := filepath.Join(dir, "a", "web.if"), filepath.Join(dir, "a", "new.if")
	for _, c := range []struct {
		what   string
		change func() error
	}{
		{"the content, not the size and the time", func() error { return rewrite(web) }},
		{"a new file", func() error { return os.WriteFile(added, nil, 0o600) }},
		{"a file that is gone", func() error { return os.Remove(added) }},
		{"a new layer", func() error { return os.Mkdir(filepath.Join(dir, "b"), 0o700) }},
		{"settings", func() error {
			return os.WriteFile(filepath.Join(dir, "build.conf"), []byte("TYPE = standard\n"), 0o600)
		}},
		{"a macro", func() error { return os.WriteFile(filepath.Join(dir, "support", "b.spt"), nil, 0o600) }},
	} {
		keep()
		if err := c.change(); err != nil {
			t.Fatal(err)
		}
		if kept() {
			t.Errorf("the index is used after a change: %s", c.what)
		}
	}
	if h, err := x.Headers(); err != nil || len(h.Defs) != x.Defs() { // those that were read before
		t.Error(h, err)
	}
}

// rewrite writes a file anew and sets its time as it was, until the kernel's clock gives it another time of change.
func rewrite(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, changed, _ := stampOf(sysroot.Root{}, name)
	info, err := os.Stat(name)
	for err == nil {
		err = errors.Join(os.WriteFile(name, text, 0o600), os.Chtimes(name, info.ModTime(), info.ModTime()))
		if now, again, _ := stampOf(sysroot.Root{}, name); !again.Equal(changed) {
			if now[2] = before[2]; now != before {
				err = errors.New("more than the time of change differs")
			}
			return err
		}
	}
	return err
}

// TestForget: the oldest indexes go, and an old file that a killed process left; a new one of these, which a process
// may write now, and other files stay.
func TestForget(t *testing.T) {
	dir := t.TempDir()
	for i := range keptFiles + 3 {
		name := filepath.Join(dir, fmt.Sprintf("%s%d", filePath, i))
		at := time.Unix(int64(1000+i), 0)
		if err := errors.Join(os.WriteFile(name, nil, 0o600), os.Chtimes(name, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	const left, now = ".senet-0123456789abcdef", ".senet-fedcba9876543210"
	for _, name := range []string{"modules", left, now} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(filepath.Join(dir, left), time.Unix(1000, 0), time.Unix(1000, 0)); err != nil {
		t.Fatal(err)
	}
	forget(dir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != keptFiles+2 || entries[0].Name() != now || entries[1].Name() != filePath+"10" ||
		entries[2].Name() != filePath+"3" {
		t.Error(entries)
	}
}

// FuzzIndexFile: any bytes are an index, or none; what is asked of it stays in bounds.
func FuzzIndexFile(f *testing.F) {
	h, err := open(f, write(f, map[string]string{"support/a.spt": support, "a/web.if": interfaces}))
	if err != nil {
		f.Fatal(err)
	}
	x, err := h.Index()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(x.data, uint16(0), uint8(0))
	f.Add(x.data, uint16(len(indexMagic)), uint8(255))
	f.Add(x.data, uint16(indexHead+8), uint8(255))
	f.Add(x.data[:len(x.data)-1], uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, data []byte, at uint16, with uint8) {
		data = bytes.Clone(data)
		if int(at) < len(data) {
			data[at] = with
		}
		if len(data) >= indexHead { // as if whoever made it knew the checksum
			sum := crc32.Checksum(data[indexHead:], crc32.MakeTable(crc32.Castagnoli))
			binary.LittleEndian.PutUint32(data[indexHead-4:], sum)
		}
		x, err := readIndex(data)
		if err != nil {
			return
		}
		for def := range min(x.Defs(), 100) {
			_, _, _, _ = x.Name(def), x.Template(def), x.Required(def), x.Failure(def)
			for i := range min(x.Rules(def).Len(), 100) {
				r := x.Rules(def).At(i)
				_, _, _ = x.Set(r.Sources), x.Set(r.Perms), x.Cond(r.Cond)
			}
		}
		for place := range x.OnTarget("web_content_t") {
			_ = x.Rule(place)
		}
		_ = x.Attribute("domain")
	})
}

// TestIndexBytes: an index with a wrong byte is none.
func TestIndexBytes(t *testing.T) {
	x, err := small(t).Index()
	if err != nil {
		t.Fatal(err)
	}
	for at := range x.data {
		wrong := bytes.Clone(x.data)
		wrong[at] ^= 4
		if _, err := readIndex(wrong); err == nil && at >= indexHead {
			t.Fatalf("byte %d is wrong and nobody sees it", at)
		}
		if _, err := readIndex(x.data[:at]); err == nil {
			t.Fatalf("%d bytes are taken for an index", at)
		}
	}
}
