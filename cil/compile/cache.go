package compile

import (
	"crypto/sha256"
	"slices"
	"sync"

	"github.com/senet-selinux/senet/cil"
)

// A Cache keeps what one build of modules has in common with the next: a source
// that it has seen is not parsed again, and where a few modules changed only
// theirs are resolved. What it builds is what [Build] builds. It may be used by
// several goroutines, one at a time; it holds the memory of one build, and the
// texts of all names that it ever saw.
type Cache struct {
	opts Options

	mu      sync.Mutex
	reader  *cil.Reader
	former  *former
	sources map[key]*Module

	// The last build: its modules and what its names stood for.
	modules []*Module
	base    *compiler
}

// A key is the SHA-256 of a source with its name.
type key [sha256.Size]byte

// NewCache returns an empty cache for builds with the options.
func NewCache(opts Options) *Cache {
	return &Cache{
		opts: opts, reader: cil.NewReader(newTable()), former: newFormer(opts.dialect()),
		sources: make(map[key]*Module),
	}
}

// Module returns the module of a source: the same one for the same name and text.
// The cache keeps those of the last build and those that were asked for after it.
// again, which may be nil, is that of [cil.Reader.Parse], as is the error.
func (c *Cache) Module(name string, source []byte, again func() (string, error)) (*Module, error) {
	h := sha256.New()
	h.Write([]byte(name))
	h.Write([]byte{0})
	h.Write(source)
	k := key(h.Sum(nil))
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.sources[k]; m != nil {
		return m, nil
	}
	file, err := c.reader.Parse(name, source, again)
	if err != nil {
		return nil, err
	}
	m := &Module{file: file}
	m.forms = []*form{c.former.form(m)}
	c.sources[k] = m
	return m, nil
}

// Build builds modules as [Build] does.
func (c *Cache) Build(modules []*Module) (*Result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	used := make(map[*Module]bool, len(modules))
	for _, m := range modules {
		used[m] = true
	}
	for k, m := range c.sources {
		if !used[m] {
			delete(c.sources, k)
		}
	}
	resolved := c.changed(modules)
	if resolved == nil {
		var err error
		if resolved, err = resolve(modules, c.opts); err != nil {
			return nil, err
		}
	}
	c.base, c.modules = resolved.fork(), slices.Clone(modules)
	return resolved.finish()
}

// changed returns the modules resolved by way of the last build, nil if they have
// too little in common with it, or something is wrong with them: then the messages
// are those of a whole build.
func (c *Cache) changed(modules []*Module) *compiler {
	if c.base == nil || !c.base.mendable() {
		return nil
	}
	hunks, ok := hunksOf(c.modules, modules)
	if !ok {
		return nil
	}
	next := c.base.fork()
	for _, h := range hunks {
		if !next.mend(h, modules) {
			return nil
		}
	}
	return next
}

// A hunk is a change of a list of modules: those from old to oldEnd are replaced.
// The places are those of the list in which the hunks before it are done.
type hunk struct {
	at, oldEnd int
	modules    []*Module
}

// maxHunk is how many modules may change before all are built anew.
const maxHunk = 8

// hunksOf returns what turns a list of modules into another, if that is little.
func hunksOf(old, now []*Module) ([]hunk, bool) {
	var list []hunk
	if len(old) == len(now) {
		for i := range old {
			if old[i] != now[i] {
				list = append(list, hunk{i, i + 1, now[i : i+1]})
			}
		}
		return list, len(list) <= maxHunk
	}
	start := 0
	for start < min(len(old), len(now)) && old[start] == now[start] {
		start++
	}
	end, stop := len(old), len(now)
	for end > start && stop > start && old[end-1] == now[stop-1] {
		end, stop = end-1, stop-1
	}
	list = append(list, hunk{start, end, now[start:stop]})
	return list, max(end, stop)-start <= maxHunk
}
