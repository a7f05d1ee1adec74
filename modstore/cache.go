package modstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"io/fs"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// CacheUse says when the texts of modules are kept beside a store.
type CacheUse int

// The uses.
const (
	// CacheLive keeps them for the running system, and not in images, which it would
	// make larger.
	CacheLive CacheUse = iota
	// CacheAlways and CacheNever say so whatever the root.
	CacheAlways
	CacheNever
)

const (
	cacheName  = "senet.modules"
	cacheMagic = "senet modules 1\n"
	// cacheHead is the size of an entry's head: the hash of what the store has, the
	// length of the text and its checksum.
	cacheHead = sha256.Size + 4 + 4
	maxCache  = 1 << 30
)

// A textCache has the texts of modules by the SHA-256 of the files that the store has
// them in, so that an entry is right whoever wrote the module and whenever. Entries
// are checked when they are read; what follows a bad one is not used.
type textCache struct {
	name string // "" where nothing is kept
	root sysroot.Root
	text []byte // of the file, whose texts are parts of it
	at   map[[sha256.Size]byte]place
	good int  // the length of what is good in the file
	old  bool // there is a file to add to
}

// A place is an entry's text within the file.
type place struct {
	start, end int
	used       bool
}

// openCache reads the cache of a store. A cache that cannot be read is an empty one.
func (s *Store) openCache() *textCache {
	c := &textCache{root: s.root, at: map[[sha256.Size]byte]place{}}
	switch s.options.Cache {
	case CacheNever:
		return c
	case CacheLive:
		if !s.root.Live() {
			return c
		}
	}
	c.name = s.records.Path(cacheName)
	c.read()
	return c
}

func (c *textCache) read() {
	f, err := c.root.Open(c.name, maxCache)
	if err != nil {
		return
	}
	defer f.Close()
	if c.text, err = sysroot.ReadAll(f, maxCache); err != nil || !bytes.HasPrefix(c.text, []byte(cacheMagic)) {
		return
	}
	c.old = true
	c.good = len(cacheMagic)
	table := crc32.MakeTable(crc32.Castagnoli)
	for c.good+cacheHead <= len(c.text) {
		head := c.text[c.good : c.good+cacheHead]
		size := int(binary.LittleEndian.Uint32(head[sha256.Size:]))
		start := c.good + cacheHead
		if size > len(c.text)-start {
			return
		}
		if crc32.Checksum(c.text[start:start+size], table) != binary.LittleEndian.Uint32(head[sha256.Size+4:]) {
			return
		}
		c.at[[sha256.Size]byte(head)] = place{start, start + size, false}
		c.good = start + size
	}
}

// get returns the text of a file with that hash. It is for one goroutine.
func (c *textCache) get(key [sha256.Size]byte) ([]byte, bool) {
	p, ok := c.at[key]
	if !ok {
		return nil, false
	}
	if !p.used {
		p.used = true
		c.at[key] = p
	}
	return c.text[p.start:p.end:p.end], true
}

// keep writes the texts that a build used and the cache did not have, by their
// hashes. The file is written anew when half of it has gone out of use. Errors do not
// matter: what is not kept is unpacked again.
func (c *textCache) keep(fresh map[[sha256.Size]byte][]byte) {
	if c.name == "" {
		return
	}
	used := 0
	for _, p := range c.at {
		if p.used {
			used += p.end - p.start
		}
	}
	again := !c.old || used < c.good/2
	if len(fresh) == 0 && !again {
		return
	}
	var b bytes.Buffer
	if again {
		b.WriteString(cacheMagic)
		for key, p := range c.at {
			if p.used {
				appendEntry(&b, key, c.text[p.start:p.end])
			}
		}
	}
	for key, text := range fresh {
		appendEntry(&b, key, text)
	}
	if again {
		c.replace(b.Bytes())
		return
	}
	f, err := c.root.OpenLock(c.name, false) // a regular file, for writing
	if err != nil {
		return
	}
	defer f.Close()
	if err := f.Truncate(int64(c.good)); err == nil {
		_, _ = f.WriteAt(b.Bytes(), int64(c.good))
	}
}

// replace writes the whole file under another name first.
func (c *textCache) replace(data []byte) {
	tmp := c.name + ".new"
	_ = c.root.Remove(tmp)
	f, err := c.root.Create(tmp, sysroot.Attrs{Mode: fs.FileMode(0o600)})
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if errClose := f.Close(); err == nil {
		err = errClose
	}
	if err == nil {
		err = c.root.Rename(tmp, c.name)
	}
	if err != nil {
		_ = c.root.Remove(tmp)
	}
}

func appendEntry(b *bytes.Buffer, key [sha256.Size]byte, text []byte) {
	head := make([]byte, 0, cacheHead)
	head = append(head, key[:]...)
	head = binary.LittleEndian.AppendUint32(head, uint32(len(text)))
	sum := crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli))
	head = binary.LittleEndian.AppendUint32(head, sum)
	b.Write(head)
	b.Write(text)
}
