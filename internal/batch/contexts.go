package batch

import (
	"bytes"

	"github.com/senet-selinux/senet/policy"
)

// A contextCache is policy.ParseContext for a stream of contexts. It caches names, ranges and whole
// contexts, in bounded memory.
type contextCache struct {
	p        *policy.Policy
	contexts map[string]cachedContext
	users    map[string]policy.UserID
	roles    map[string]policy.RoleID
	types    map[string]policy.TypeID
	ranges   map[string]policy.Range
}

type cachedContext struct {
	context *policy.Context
	ok      bool
}

const (
	maxCachedContexts = 1 << 15
	maxCachedRanges   = 1 << 13
	maxCachedLength   = 512 // of a context; longer ones are not cached
)

func newContextCache(p *policy.Policy) *contextCache {
	return &contextCache{
		p:        p,
		contexts: make(map[string]cachedContext),
		users:    make(map[string]policy.UserID),
		roles:    make(map[string]policy.RoleID),
		types:    make(map[string]policy.TypeID),
		ranges:   make(map[string]policy.Range),
	}
}

// get returns the context of a text; ok is false if it is not valid.
func (c *contextCache) get(text []byte) (*policy.Context, bool) {
	if found, ok := c.contexts[string(text)]; ok {
		return found.context, found.ok
	}
	context, ok := c.parse(text)
	if len(text) <= maxCachedLength {
		if len(c.contexts) >= maxCachedContexts {
			clear(c.contexts)
		}
		c.contexts[string(text)] = cachedContext{&context, ok}
	}
	return &context, ok
}

// parse is policy.ParseContext, name for name.
func (c *contextCache) parse(text []byte) (policy.Context, bool) {
	user, rest, ok1 := bytes.Cut(text, []byte(":"))
	role, rest, ok2 := bytes.Cut(rest, []byte(":"))
	typ, rng, hasRange := bytes.Cut(rest, []byte(":"))
	if !ok1 || !ok2 || hasRange != c.p.MLS() {
		return policy.Context{}, false
	}
	u, ok1 := cached(c.users, user, c.p.User)
	r, ok2 := cached(c.roles, role, c.p.Role)
	t, ok3 := cached(c.types, typ, c.p.Type)
	if !ok1 || !ok2 || !ok3 {
		return policy.Context{}, false
	}
	context := policy.Context{User: uint32(u), Role: uint32(r), Type: uint32(t)}
	if hasRange {
		if len(c.ranges) >= maxCachedRanges {
			clear(c.ranges)
		}
		var ok bool
		context.Range, ok = cached(c.ranges, rng, func(s string) (policy.Range, bool) {
			parsed, err := c.p.ParseRange(s)
			return parsed, err == nil && len(s) <= maxCachedLength
		})
		if !ok {
			parsed, err := c.p.ParseRange(string(rng))
			if err != nil {
				return policy.Context{}, false
			}
			context.Range = parsed
		}
	}
	return context, c.p.ValidateContext(context) == nil
}

// cached looks up a name and caches the result if there is one.
func cached[T any](known map[string]T, name []byte, lookup func(string) (T, bool)) (T, bool) {
	if v, ok := known[string(name)]; ok {
		return v, true
	}
	v, ok := lookup(string(name))
	if ok {
		known[string(name)] = v
	}
	return v, ok
}
