package refpolicy

import (
	"runtime"
	"sort"

	"github.com/senet-selinux/senet/internal/m4"
	"github.com/senet-selinux/senet/internal/sysroot"
)

// An expander is [Headers.Expand] or does the same.
type expander func(file, text string) ([]byte, []m4.Message, error)

// Expand is [Headers.Expand] without reading all headers.
func (x *Index) Expand(file, text string) ([]byte, []m4.Message, error) { return x.expand(file, text) }

// expandBySupport returns an expander that reads the settings and the support files when it is first called, and has
// the definitions of the index.
func (x *Index) expandBySupport(tree sysroot.Root, dir string) expander {
	var h *Headers
	return func(file, text string) ([]byte, []m4.Message, error) {
		if h == nil {
			read := &Headers{}
			if _, err := read.openSupport(tree, dir, Override{}); err != nil {
				return nil, nil, err
			}
			read.engine = read.support.Fork()
			read.engine.Missing = x.body
			h = read
		}
		return h.Expand(file, text)
	}
}

// body returns the text of a definition by its name.
func (x *Index) body(name []byte) (string, bool) {
	defer runtime.KeepAlive(x)
	def := func(i int) int { return int(x.names.field(i, 0)) }
	n := sort.Search(x.names.len(), func(i int) bool { return string(x.bytesOf(x.defs, def(i), 0)) >= string(name) })
	if n == x.names.len() || string(x.bytesOf(x.defs, def(n), 0)) != string(name) {
		return "", false
	}
	return x.textOf(x.defs, def(n), 28), true
}
