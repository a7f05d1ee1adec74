package compile

import (
	"slices"
	"sync"

	"github.com/senet-selinux/senet/cil"
)

// A Cache keeps what one build of modules has in common with the next: a source that it has
// seen is not parsed again, and where a few modules changed only theirs are resolved. It builds
// the same as [Build]. It may be used by several goroutines, one at a time; it holds the memory
// of one build, and the texts of all names that it ever saw.
type Cache struct {
	opts Options

	mu      sync.Mutex
	reader  *cil.Reader
	former  *former
	sources map[string][]*Module // by name, the last one read last
	made    map[*Module]madeOf   // since the last build

	base   *compiler // the last build: what its names stood for
	mended int       // builds that changed the last one
}

// A madeOf tells which nodes of a module come from an earlier state of its source.
type madeOf struct {
	old  *Module
	kept cil.Kept
}

// NewCache returns an empty cache for builds with the options.
func NewCache(opts Options) *Cache {
	return &Cache{
		opts: opts, reader: cil.NewRereader(newTable()), former: newFormer(opts.dialect()),
		sources: make(map[string][]*Module), made: make(map[*Module]madeOf),
	}
}

// Module returns the module of a source: the same one for the same name and text.
// The cache keeps those of the last build and those that were asked for after it.
// again, which may be nil, is that of [cil.Reader.Parse], as is the error.
func (c *Cache) Module(name string, source []byte, again func() (string, error)) (*Module, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.sources[name]
	for i, m := range known {
		if i < len(known)-1 && m.file.Reads(source) {
			return m, nil
		}
	}
	m, err := c.read(name, source, again)
	if err == nil && !slices.Contains(known, m) {
		c.sources[name] = append(known, m)
	}
	return m, err
}

// read reads a source: what changed in it since it was last read.
func (c *Cache) read(name string, source []byte, again func() (string, error)) (*Module, error) {
	known := c.sources[name]
	if len(known) == 0 {
		file, err := c.reader.Parse(name, source, again)
		if err != nil {
			return nil, err
		}
		m := &Module{file: file}
		m.forms = []*form{c.former.form(m)}
		return m, nil
	}
	old := known[len(known)-1]
	file, kept, err := c.reader.Reparse(old.file, source, again)
	if err != nil {
		return nil, err
	}
	if file == old.file {
		return old, nil
	}
	m := &Module{file: file}
	m.forms = []*form{c.former.again(m, old.forms[0], kept)}
	c.made[m] = madeOf{old, kept}
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
	for name, list := range c.sources {
		if list = slices.DeleteFunc(list, func(m *Module) bool { return !used[m] }); len(list) > 0 {
			c.sources[name] = list
		} else {
			delete(c.sources, name)
		}
	}
	resolved := c.changed(modules)
	clear(c.made)
	if resolved == nil {
		var err error
		if resolved, err = resolve(modules, c.opts); err != nil {
			return nil, err
		}
		resolved.parts = resolved.splitParts(modules)
	}
	c.base = resolved.resolvedFork()
	return resolved.finish()
}

// changed returns the modules resolved by way of the last build, nil if they have
// too little in common with it, or something is wrong with them: then the messages
// are those of a whole build.
func (c *Cache) changed(modules []*Module) *compiler {
	if c.base == nil || !c.base.mendable() {
		return nil
	}
	m := newMender(c.base, modules, c.made)
	if m == nil || !m.close() {
		return nil
	}
	for range maxTries {
		next := m.try()
		if next == nil {
			return nil
		}
		again, ok := m.disturbed()
		if !ok {
			return nil
		}
		if !again {
			c.mended++
			return next
		}
	}
	return nil
}

// maxTries is the most rounds in which names may turn out to mean something else.
const maxTries = 4
