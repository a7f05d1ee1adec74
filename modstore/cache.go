package modstore

import (
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/usercache"
)

// CacheUse chooses where the contents of modules are cached.
type CacheUse int

// The uses.
const (
	// CacheLive caches them next to the store of the running system. Those of an image are cached
	// for the user who builds it, in senet/modules of the XDG cache directory, since a file in the
	// image would make it larger.
	CacheLive CacheUse = iota
	// CacheAlways caches next to the store, CacheNever nowhere.
	CacheAlways
	CacheNever
)

const (
	cacheName  = "senet.modules"
	cacheMagic = "senet modules 2\n"
	maxCache   = 1 << 30
	// maxShared is the size at which the cache of images is started again.
	maxShared = 256 << 20
)

// A sum identifies the compiler's form of a module.
type sum = usercache.Sum

// An entryHead precedes each entry of a cache. The form of the module follows, then its text. All
// numbers are little endian.
type entryHead struct {
	Key     [sha256.Size]byte // of the file in the store
	Version sum               // of the program that made the form
	Form    sum               // of the version, the key and the form
	FormLen uint32
	TextLen uint32
	TextCRC uint32
	HeadCRC uint32 // of all fields before
}

const entryHeadSize = sha256.Size + 16 + 16 + 4*4

func castagnoli(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

func (h *entryHead) append(b []byte) []byte {
	start := len(b)
	b = append(b, h.Key[:]...)
	b = append(b, h.Version[:]...)
	b = append(b, h.Form[:]...)
	for _, n := range []uint32{h.FormLen, h.TextLen, h.TextCRC} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return binary.LittleEndian.AppendUint32(b, castagnoli(b[start:]))
}

func (h *entryHead) read(b []byte) bool {
	at := copy(h.Key[:], b)
	at += copy(h.Version[:], b[at:])
	at += copy(h.Form[:], b[at:])
	for _, n := range []*uint32{&h.FormLen, &h.TextLen, &h.TextCRC, &h.HeadCRC} {
		*n = binary.LittleEndian.Uint32(b[at:])
		at += 4
	}
	return h.HeadCRC == castagnoli(b[:entryHeadSize-4])
}

// A cached is an entry of a cache.
type cached struct {
	entryHead
	at   int64 // of the form
	used bool
}

// A moduleCache has the texts of modules and the forms that they are compiled from, by the SHA-256
// of their files in the store, so that an entry is valid whoever wrote the module, and whenever. A
// form is only read by the program that made it. All data read is checked; the data after an
// invalid head is ignored.
type moduleCache struct {
	root    sysroot.Root
	name    string // "" if there is no cache
	shared  bool   // by several stores
	version sum
	file    *os.File // nil if there is none yet
	mu      sync.Mutex
	entries map[[sha256.Size]byte]*cached
	good    int64 // the length of the valid part of the file
	damaged bool
}

// openCache opens the cache of a store. One that cannot be read is empty. The caller must close it.
func (s *Store) openCache() *moduleCache {
	c := &moduleCache{root: s.root, entries: map[[sha256.Size]byte]*cached{}}
	live := s.root.Live()
	switch {
	case s.options.Cache == CacheNever:
		return c
	case s.options.Cache == CacheAlways || live:
		c.name = s.records.Path(cacheName)
	default:
		c.root, c.name, c.shared = sysroot.Root{}, userCache(), true
		if c.name == "" {
			return c
		}
	}
	c.version = usercache.Program()
	c.open()
	return c
}

// userCache returns the cache file for the modules of images, "" if there is no directory that
// belongs to this user only.
func userCache() string {
	if dir := usercache.Dir(); dir != "" {
		return filepath.Join(dir, "modules")
	}
	return ""
}

func (c *moduleCache) open() {
	f, err := c.root.Open(c.name, maxCache)
	if err != nil {
		return
	}
	c.file = f
	info, err := f.Stat()
	if err != nil {
		return
	}
	magic := make([]byte, len(cacheMagic))
	if _, err := f.ReadAt(magic, 0); err != nil || string(magic) != cacheMagic {
		return
	}
	c.good = int64(len(cacheMagic))
	head := make([]byte, entryHeadSize)
	for {
		if _, err := f.ReadAt(head, c.good); err != nil {
			return
		}
		e := &cached{at: c.good + entryHeadSize}
		end := int64(0)
		if e.read(head) {
			end = e.at + int64(e.FormLen) + int64(e.TextLen)
		}
		if end == 0 || end > info.Size() {
			return
		}
		c.entries[e.Key] = e // later entries are newer
		c.good = end
	}
}

func (c *moduleCache) close() {
	if c.file != nil {
		c.file.Close()
	}
}

// find returns the entry of a file with that hash, nil if there is none.
func (c *moduleCache) find(key [sha256.Size]byte) *cached {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e != nil {
		e.used = true
	}
	return e
}

// text reads the text of an entry, into room if that is large enough; nil if it has changed.
func (c *moduleCache) text(e *cached, room []byte) []byte {
	b := c.part(e.at+int64(e.FormLen), e.TextLen, room)
	if b == nil || castagnoli(b) != e.TextCRC {
		c.distrust(e)
		return nil
	}
	return b
}

// form reads the form of an entry, nil if this program has made none.
func (c *moduleCache) form(e *cached, room []byte) []byte {
	if e.FormLen == 0 || e.Version != c.version || c.version == (sum{}) {
		return nil
	}
	b := c.part(e.at, e.FormLen, room)
	if b == nil || usercache.SumOf(e.Version[:], e.Key[:], b) != e.Form {
		c.distrust(e)
		return nil
	}
	return b
}

func (c *moduleCache) part(at int64, size uint32, room []byte) []byte {
	if int(size) > cap(room) {
		room = make([]byte, size)
	}
	b := room[:size]
	if _, err := c.file.ReadAt(b, at); err != nil {
		return nil
	}
	return b
}

// distrust drops an entry whose content has changed.
func (c *moduleCache) distrust(e *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[e.Key] == e {
		delete(c.entries, e.Key)
	}
	c.damaged = true
}

// A fresh is a new entry for a cache.
type fresh struct {
	key        [sha256.Size]byte
	form, text []byte
}

// keep adds the modules of a build that the cache lacks. It writes the whole file again if half of
// it is no longer used. Errors do not matter: a missing file is read again.
func (c *moduleCache) keep(list []fresh) {
	if c.name == "" {
		return
	}
	used := int64(0)
	for _, e := range list {
		delete(c.entries, e.key)
	}
	for _, e := range c.entries {
		if e.used || c.shared {
			used += int64(e.FormLen) + int64(e.TextLen)
		}
	}
	again := c.good == 0 || c.damaged || used < c.good/2 || c.shared && c.good > maxShared
	if len(list) == 0 && !again {
		return
	}
	if again {
		c.replace(list)
		return
	}
	f, err := c.root.OpenUpdate(c.name)
	if err != nil {
		return
	}
	defer f.Close()
	if sysroot.TryLock(f) != nil || !c.current(f) {
		return
	}
	if f.Truncate(c.good) == nil {
		_ = c.write(io.NewOffsetWriter(f, c.good), list) // readers ignore half an entry
	}
}

// current reports whether a file is the one that was read, and has no entry after those that were: another process
// may have added to it, or replaced it. Half an entry is of a process that has been killed.
func (c *moduleCache) current(f *os.File) bool {
	was, err := c.file.Stat()
	if err != nil {
		return false
	}
	info, err := f.Stat()
	if err != nil || !os.SameFile(was, info) {
		return false
	}
	b := make([]byte, entryHeadSize)
	if _, err := f.ReadAt(b, c.good); err != nil {
		return true
	}
	var e entryHead
	return !e.read(b) || c.good+entryHeadSize+int64(e.FormLen)+int64(e.TextLen) > info.Size()
}

// replace writes a new file under another name and renames it.
func (c *moduleCache) replace(list []fresh) {
	tmp := c.name + ".new"
	_ = c.root.Remove(tmp)
	f, err := c.root.Create(tmp, sysroot.Attrs{Mode: fs.FileMode(0o600)})
	if err != nil {
		return
	}
	_, err = io.WriteString(f, cacheMagic)
	var form, text []byte
	for _, e := range c.entries {
		if err != nil || !e.used && (!c.shared || c.good > maxShared) {
			continue
		}
		if text = c.text(e, text); text == nil {
			continue
		}
		kept := fresh{key: e.Key, text: text}
		if kept.form = c.form(e, form); kept.form != nil {
			form = kept.form
		}
		err = c.write(f, []fresh{kept})
	}
	if err == nil {
		err = c.write(f, list)
	}
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

func (c *moduleCache) write(w io.Writer, list []fresh) error {
	for _, e := range list {
		head := entryHead{
			Key: e.key, Version: c.version, Form: usercache.SumOf(c.version[:], e.key[:], e.form),
			FormLen: uint32(len(e.form)), TextLen: uint32(len(e.text)), TextCRC: castagnoli(e.text),
		}
		for _, part := range [][]byte{head.append(nil), e.form, e.text} {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
	}
	return nil
}
