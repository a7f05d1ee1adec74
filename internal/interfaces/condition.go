package interfaces

import "strings"

// isTrue evaluates a condition under the policy's booleans; a boolean that the policy
// lacks is off.
func (f *Finder) isTrue(cond string) bool {
	c := condition{f: f, rest: cond}
	return cond == "" || c.or()
}

// A condition is read by recursive descent. Operators: ! == != ^ && ||, as conditions of
// policies have them.
type condition struct {
	f     *Finder
	rest  string
	depth int
}

func (c *condition) take(sign string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(c.rest, " "), sign)
	if ok {
		c.rest = rest
	}
	return ok
}

func (c *condition) or() bool {
	v := c.and()
	for c.take("||") {
		w := c.and()
		v = v || w
	}
	return v
}

func (c *condition) and() bool {
	v := c.equal()
	for c.take("&&") {
		w := c.equal()
		v = v && w
	}
	return v
}

func (c *condition) equal() bool {
	v := c.one()
	for {
		switch {
		case c.take("=="):
			v = v == c.one()
		case c.take("!="), c.take("^"):
			v = v != c.one()
		default:
			return v
		}
	}
}

func (c *condition) one() bool {
	if c.depth++; c.depth > 100 {
		return false
	}
	defer func() { c.depth-- }()
	switch {
	case c.take("!"):
		return !c.one()
	case c.take("("):
		v := c.or()
		c.take(")")
		return v
	}
	c.rest = strings.TrimLeft(c.rest, " ")
	n := 0
	for n < len(c.rest) && (c.rest[n] == '_' || c.rest[n]|0x20 >= 'a' && c.rest[n]|0x20 <= 'z' ||
		c.rest[n] >= '0' && c.rest[n] <= '9') {
		n++
	}
	name := c.rest[:n]
	c.rest = c.rest[n:]
	id, ok := c.f.p.Bool(name)
	return ok && c.f.p.BoolState(id)
}
