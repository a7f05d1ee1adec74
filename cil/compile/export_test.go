package compile

import (
	"fmt"
	"slices"
)

// Mended returns how many builds of a cache changed the last one instead of making all.
func Mended(c *Cache) int { return c.mended }

// FormDiff says in what the statements that a cache's module has differ from those that
// a look at all of its source finds; "" for nothing.
func FormDiff(c *Cache, m *Module) string {
	got, want := m.forms[0], newFormer(c.opts.dialect()).form(m)
	switch {
	case !slices.Equal(got.stmts, want.stmts):
		return "statements"
	case got.scopes != want.scopes:
		return fmt.Sprintf("%d scopes, want %d", got.scopes, want.scopes)
	case got.counts != want.counts:
		return "counts"
	case len(got.diags.list) != len(want.diags.list):
		return "messages"
	}
	return ""
}

// Mistakes says how many mistakes the statements of a module have.
func Mistakes(m *Module) int { return len(m.forms[0].diags.list) }
