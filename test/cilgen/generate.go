// Package cilgen makes random CIL, for tests that compare compilers and for
// kernels.
package cilgen

import (
	_ "embed"
	"fmt"
	"math/rand/v2"
	"strings"
)

// Base is the CIL in front of a generator's output.
//
//go:embed base.cil
var Base string

// A Generator writes random CIL that stands after [Base]. Most of it is right;
// some names are missing, of the wrong kind or declared twice.
type Generator struct {
	*rand.Rand
	pools map[string][]string
	n     int
	b     strings.Builder
	depth int
	// wrong is the number of names in a thousand that are not declared or are of another kind.
	wrong int
	// newer makes statements that the language has since libsepol 3.8, too.
	newer bool
	// The scope that statements are made for.
	inMacro, inOptional, inBool, inBlock, inIn bool
}

// New returns a generator of the language of libsepol 3.4.
// New returns a generator of the language of libsepol 3.4.
func New(seed uint64) *Generator {
	g := &Generator{Rand: rand.New(rand.NewPCG(seed, 1)), wrong: 2}
	g.pools = map[string][]string{
		"type": {"a", "b", "d", "e"}, "attr": {"at", "bt", "ct"}, "role": {"r", "r_b", "object_r"}, "user": {"u"},
		"bool": {"b1", "b2", "b3"}, "sens": {"s0", "s1"}, "cat": {"c0", "c1", "c2", "c3", "c4", "c5"},
		"level": {"low", "high"},
		"range": {"all", "lowest"}, "ctx": {"ctx"}, "class": {"file", "dir", "process", "chr_file"},
		"roleattr": {"ra0"}, "userattr": {"ua0"},
		"map": {"map0"}, "mapperm": {"p", "q"}, "cp": {"cp0"}, "tunable": {"tun0", "tun1"}, "catset": {"cs0"},
		"block": {"blk0"},
		"macro": nil, "px": {"px0"}, "ip": {"ip0"}, "sid": {"kernel", "unlabeled"}, "alias": {"al0"},
	}
	if g.IntN(8) == 0 {
		g.wrong = 30
	}
	return g
}

// NewNewer returns a generator of the language of libsepol 3.8, or of the
// newest one.
func NewNewer(seed uint64) *Generator {
	g := New(seed)
	g.newer = true
	g.pools["class"] = append(g.pools["class"], "nl")
	g.pools["px"] = append(g.pools["px"], "px1")
	return g
}

var perms = map[string][]string{
	"file":    {"read", "write", "ioctl", "getattr", "execute", "entrypoint"},
	"dir":     {"read", "write", "ioctl", "getattr", "search", "add_name"},
	"process": {"transition", "signal", "fork"}, "chr_file": {"read", "write", "ioctl", "getattr", "open"},
	"nl": {"nlmsg", "read", "write", "ioctl"}, "map0": {"p", "q"},
}

// setUp declares the names in the pools of a new generator besides those of base.cil.
const setUp = `
(roleattribute ra0) (userattribute ua0) (classmap map0 (p q)) (classmapping map0 p (file (read write))) (classmapping map0 q (dir (search)))
(classpermission cp0) (classpermissionset cp0 (file (getattr))) (tunable tun0 true) (tunable tun1 false) (categoryset cs0 (c1 c2))
(block blk0 (type t) (allow t t (file (read)))) (permissionx px0 (ioctl file (range 1 0x1ff))) (ipaddr ip0 10.0.0.1) (typealias al0) (typealiasactual al0 a)
`

// setUpNewer declares those that a generator of the newer language needs as well.
const setUpNewer = `
(class nl (nlmsg)) (classcommon nl file_c) (classorder (unordered nl)) (permissionx px1 (nlmsg nl (range 1 0x1ff)))
`

func pick[T any](g *Generator, list ...T) T { return list[g.IntN(len(list))] }

// name returns a name of one of the kinds.
func (g *Generator) name(kinds ...string) string {
	if g.IntN(1000) < g.wrong {
		return pick(g, "nosuch", "a", "at", "file", "r", "blk0.t", ".blk0.t", "blk0.nosuch", "b1", "self")
	}
	pool := g.pools[pick(g, kinds...)]
	if len(pool) == 0 {
		return "nosuch"
	}
	return pick(g, pool...)
}

// fresh declares a name of a kind.
func (g *Generator) fresh(kind string) string {
	g.n++
	name := fmt.Sprintf("%s_%d", kind, g.n)
	if g.IntN(1000) < g.wrong {
		return pick(g, "a", "at", "blk0", "r", "not", "1x")
	}
	if !g.inMacro && !g.inBlock && !g.inIn {
		g.pools[kind] = append(g.pools[kind], name)
	}
	return name
}

func (g *Generator) source() string { return g.name("type", "attr", "type", "attr", "alias") }

func (g *Generator) target() string {
	if g.newer && g.IntN(5) == 0 {
		return pick(g, "notself", "other")
	}
	if g.IntN(6) == 0 {
		return "self"
	}
	return g.source()
}

// selfOr is the target of a type rule.
func (g *Generator) selfOr() string {
	if g.IntN(6) == 0 {
		return "self"
	}
	return g.source()
}

// expr returns an expression over names of the kinds.
func (g *Generator) expr(depth int, ops []string, leaf func() string) string {
	switch {
	case depth > 3 || g.IntN(3) == 0:
		return leaf()
	case g.IntN(3) == 0:
		var list []string
		for range 1 + g.IntN(3) {
			list = append(list, g.expr(depth+1, ops, leaf))
		}
		return "(" + strings.Join(list, " ") + ")"
	}
	switch op := pick(g, ops...); op {
	case "all":
		return "(all)"
	case "not":
		return "(not " + g.expr(depth+1, ops, leaf) + ")"
	case "range":
		return "(range " + leaf() + " " + leaf() + ")"
	default:
		return "(" + op + " " + g.expr(depth+1, ops, leaf) + " " + g.expr(depth+1, ops, leaf) + ")"
	}
}

var setOps = []string{"and", "or", "xor", "not", "all"}

func (g *Generator) list(s string) string {
	if !strings.HasPrefix(s, "(") {
		return "(" + s + ")"
	}
	return s
}

func (g *Generator) classPerms() string {
	if g.IntN(8) == 0 {
		return g.name("cp")
	}
	if g.IntN(8) == 0 {
		// libsepol reads nested lists of mapped permissions as something else.
		return "(" + g.name("map") + " " + pick(g, "(p)", "(q p)", "(all)", "(not p)", "(p q)", "(and p q)") + ")"
	}
	class := g.name("class")
	names := perms[class]
	if names == nil {
		names = []string{"read"}
	}
	return "(" + class + " " + g.list(g.expr(0, setOps, func() string { return pick(g, names...) })) + ")"
}

func (g *Generator) categories() string {
	return g.list(g.expr(1, []string{"and", "or", "not", "range", "xor"},
		func() string { return pick(g, "c0", "c1", "c2") }))
}

func (g *Generator) level() string {
	if g.IntN(3) > 0 {
		return g.name("level")
	}
	if g.IntN(2) == 0 {
		return "(" + g.name("sens") + ")"
	}
	return "(" + g.name("sens") + " " + g.categories() + ")"
}

func (g *Generator) levels() string {
	switch g.IntN(8) {
	case 0:
		return "(" + g.level() + " " + g.level() + ")"
	case 1:
		return "(low (s1 " + g.categories() + "))"
	case 2:
		return "((s0) (s1 (c0 c2)))"
	}
	return g.name("range")
}

func (g *Generator) context() string {
	if g.IntN(3) > 0 {
		return g.name("ctx")
	}
	return "(" + g.name("user") + " object_r " + pick(g, "a", "b", "d") + " " + g.levels() + ")"
}

func (g *Generator) number(most int) string {
	n := g.IntN(most)
	if g.IntN(3) == 0 {
		return fmt.Sprintf("(%d %d)", n, n+g.IntN(20))
	}
	return fmt.Sprint(n)
}

func (g *Generator) ioctl() string {
	if g.IntN(4) == 0 {
		return g.name("px")
	}
	classes := "ioctl " + pick(g, "file", "dir", "chr_file")
	if g.newer && g.IntN(3) == 0 {
		classes = pick(g, "ioctl nl", "nlmsg nl")
	}
	return "(" + classes + " " + g.list(g.expr(1, []string{"and", "or", "not", "range", "xor"}, func() string {
		return pick(g, "0x100", "0x1ff", "0x1200", "0x12ff", "3", "0x8901", "0xffff")
	})) + ")"
}

func (g *Generator) condition() string {
	return g.expr(0, []string{"and", "or", "xor", "not", "eq", "neq"}, func() string { return g.name("bool") })
}

func (g *Generator) constraint(depth int, validate bool) string {
	if depth < 3 && g.IntN(2) == 0 {
		if g.IntN(3) == 0 {
			return "(not " + g.constraint(depth+1, validate) + ")"
		}
		return "(" + pick(g, "and", "or") + " " + g.constraint(depth+1, validate) + " " +
			g.constraint(depth+1, validate) + ")"
	}
	third := ""
	if validate && g.IntN(2) == 0 {
		third = "3"
	}
	names := func(kinds ...string) string {
		if g.IntN(2) == 0 {
			return g.name(kinds...)
		}
		return "(" + g.name(kinds...) + " " + g.name(kinds...) + ")"
	}
	number := pick(g, "1", "2")
	if third != "" {
		number = third
	}
	op := pick(g, "eq", "neq")
	switch g.IntN(9) {
	case 0:
		return "(" + op + " t" + number + " " + names("type", "attr") + ")"
	case 1:
		return "(" + op + " r" + number + " " + names("role", "roleattr") + ")"
	case 2:
		return "(" + op + " u" + number + " " + names("user", "userattr") + ")"
	case 3:
		return "(" + op + " t1 t2)"
	case 4:
		return "(" + op + " u1 u2)"
	case 5:
		return "(" + pick(g, "eq", "neq", "dom", "domby", "incomp") + " r1 r2)"
	}
	return "(" + pick(g, "eq", "neq", "dom", "domby", "incomp") + " " +
		pick(g, "l1 l2", "h1 l2", "l1 h2", "l2 h2", "h1 h2", "l1 h1") + ")"
}

// rule writes a statement that a booleanif may hold.
func (g *Generator) rule() string {
	if g.newer && g.IntN(5) == 0 {
		kind := pick(g, "allowx", "auditallowx", "dontauditx")
		return fmt.Sprintf("(%s %s %s %s)", kind, g.source(), g.target(), g.ioctl())
	}
	switch g.IntN(6) {
	case 0:
		kind := pick(g, "typetransition", "typechange", "typemember")
		if g.IntN(12) == 0 {
			class := g.name("class", "map")
			return fmt.Sprintf("(typetransition %s %s %s * %s)", g.source(), g.selfOr(), class, g.name("type"))
		}
		source, result := g.name("type", "type", "attr"), pick(g, "d", "d", "d", "d", "e")
		return fmt.Sprintf("(%s %s %s %s %s)", kind, source, g.name("type"), g.name("class"), result)
	default:
		return fmt.Sprintf("(%s %s %s %s)", pick(g, "allow", "allow", "allow", "auditallow", "dontaudit"), g.source(),
			g.target(), g.classPerms())
	}
}

// text returns the CIL that the seed makes.
func (g *Generator) Text() string {
	g.b.WriteString(setUp)
	if g.newer {
		g.b.WriteString(setUpNewer)
	}
	for range 3 + g.IntN(25) {
		g.statement()
		g.b.WriteByte('\n')
	}
	return g.b.String()
}
