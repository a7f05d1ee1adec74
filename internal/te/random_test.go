package te_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/te"
	"github.com/senet-selinux/senet/internal/testenv"
)

// A generator writes random modules. Names come from small pools, so that they are
// declared, required and used in all ways, also in wrong ones.
type generator struct {
	*rand.Rand
	out   strings.Builder
	depth int
	wild  int // of how many choices one is made without regard to what is right
	mls   bool
	old   bool // nothing that old versions cannot hold
	names map[string][]string
}

func (g *generator) put(format string, args ...any) { fmt.Fprintf(&g.out, format, args...) }

// pick returns a name of a kind, seldom of another kind or one that nothing has.
func (g *generator) pick(kind string) string {
	if g.IntN(g.wild) == 0 {
		kinds := []string{"type", "attribute", "role", "rattr", "bool", "class", "sens", "cat", "user"}
		kind = kinds[g.IntN(len(kinds))]
		if g.IntN(4) == 0 {
			return "nowhere_" + kind
		}
	}
	pool := g.names[kind]
	if len(pool) == 0 {
		return "none_" + kind
	}
	return pool[g.IntN(len(pool))]
}

// some returns one to n names of a kind between blanks or commas.
func (g *generator) some(kind string, n int, between string) string {
	var all []string
	for range 1 + g.IntN(n) {
		all = append(all, g.pick(kind))
	}
	return strings.Join(all, between)
}

func (g *generator) oneOf(all ...string) string { return all[g.IntN(len(all))] }

// set returns a set of types or roles.
func (g *generator) set(kind string, minus bool) string {
	if g.IntN(3) > 0 {
		return g.pick(kind)
	}
	var b strings.Builder
	b.WriteString("{ ")
	for range 1 + g.IntN(3) {
		if minus && g.IntN(5) == 0 {
			b.WriteString("-")
			b.WriteString(" ")
		}
		if !strings.HasSuffix(b.String(), "- ") && g.IntN(8) == 0 {
			b.WriteString("{ " + g.pick(kind) + " " + g.pick(kind) + " } ")
			continue
		}
		b.WriteString(g.pick(kind) + " ")
	}
	return b.String() + "}"
}

func (g *generator) types() string {
	return g.set(g.oneOf("type", "type", "type", "attribute"), true)
}

func (g *generator) targets() string {
	switch g.IntN(8) {
	case 0:
		return "self"
	case 1:
		return "{ " + g.pick("type") + " self }"
	}
	return g.types()
}

func (g *generator) all() string {
	switch g.IntN(4) {
	case 0:
		return "*"
	case 1:
		return "~" + g.set("type", true)
	case 2:
		return g.pick("type") + " - " + g.pick("attribute")
	}
	return g.types()
}

var classes = map[string][]string{
	"file": {"read", "write", "open", "ioctl", "getattr"}, "dir": {"read", "search", "ioctl"},
	"process": {"transition", "sigchld"}, "tcp_socket": {"name_bind", "read", "ioctl"},
}

func (g *generator) perms(class string) string {
	perms := classes[class]
	if len(perms) == 0 {
		return "read"
	}
	switch g.IntN(6) {
	case 0:
		return "*"
	case 1:
		return "~{ " + perms[g.IntN(len(perms))] + " }"
	case 2:
		return "{ " + perms[g.IntN(len(perms))] + " " + perms[g.IntN(len(perms))] + " }"
	}
	return perms[g.IntN(len(perms))]
}

// class returns classes and permissions for a rule.
func (g *generator) class() string {
	class := g.pick("class")
	if g.IntN(6) == 0 {
		return "{ file dir }:" + g.oneOf("read", "ioctl", "{ read ioctl }", "*", "~read")
	}
	return class + ":" + g.perms(class)
}

func (g *generator) rule(kind string) {
	class, perms, _ := strings.Cut(g.class(), ":")
	sources, targets := g.types(), g.targets()
	if kind == "neverallow" {
		sources, targets = g.all(), g.all()
	}
	g.put("%s %s %s:%s %s;\n", kind, sources, targets, class, perms)
}

func (g *generator) typeRule(kind string, file bool) {
	class := g.oneOf("{ file dir }", g.pick("class"), "file")
	target := g.types()
	if !g.old && g.IntN(6) == 0 {
		target = "self"
	}
	name := ""
	if file && g.IntN(2) == 0 {
		name = fmt.Sprintf(" \"f%d\"", g.IntN(1000))
	}
	g.put("%s %s %s:%s %s%s;\n", kind, g.types(), target, class, g.pick("type"), name)
}

func (g *generator) numbers() string {
	number := func() int {
		if g.IntN(3) == 0 {
			return []int{0, 0xff, 0x100, 0xffff, 0xff00, 0x1f, 0x20}[g.IntN(7)]
		}
		return g.IntN(0x600)
	}
	var b strings.Builder
	b.WriteString(g.oneOf("", "", "~"))
	if g.IntN(3) == 0 {
		return b.String() + fmt.Sprint(number())
	}
	b.WriteString("{ ")
	for range 1 + g.IntN(4) {
		low := number()
		if g.IntN(2) == 0 {
			fmt.Fprintf(&b, "%#x - %#x ", low, min(low+g.IntN(0x300), 0xffff))
			continue
		}
		fmt.Fprintf(&b, "%#x ", low)
	}
	return b.String() + "}"
}

func (g *generator) condition(depth int) string {
	if depth == 0 || g.IntN(3) == 0 {
		return g.pick("bool")
	}
	switch g.IntN(4) {
	case 0:
		return "!" + g.condition(depth-1)
	case 1:
		return "(" + g.condition(depth-1) + ")"
	}
	return g.condition(depth-1) + " " + g.oneOf("&&", "||", "^", "==", "!=", "and", "or", "XOR", "eq") + " " +
		g.condition(depth-1)
}

func (g *generator) level() string {
	switch l := g.pick("sens"); g.IntN(5) {
	case 0, 1:
		return l + ":" + g.some("cat", 3, ",")
	case 2:
		return l + ":" + g.pick("cat") + "." + g.pick("cat")
	default:
		return l
	}
}

func (g *generator) conditional() {
	branch := func() {
		for range g.IntN(4) {
			switch g.IntN(3) {
			case 0:
				g.typeRule(g.oneOf("type_transition", "type_change", "type_member"), false)
			default:
				g.rule(g.oneOf("allow", "dontaudit", "auditallow", "auditdeny"))
			}
		}
	}
	g.put("if (%s) {\n", g.condition(2))
	branch()
	if g.put("}"); g.IntN(2) == 0 {
		g.put(" else {\n")
		branch()
		g.put("}")
	}
	g.put("\n")
}

// require requires names, most of which then are in the pools.
func (g *generator) require() {
	g.put("require {\n")
	if g.depth == 0 || g.IntN(2) == 0 {
		for _, name := range []string{"file", "dir", "process", "tcp_socket"} {
			g.put("class %s { %s };\n", g.know("class", name), strings.Join(classes[name], " "))
		}
		g.put("type %s; attribute %s; role %s; bool %s;\n", g.know("type", "q0_t"), g.know("attribute", "ra0"),
			g.know("role", "r0_r"), g.know("bool", "b0"))
		// hll/pp 3.4 takes a level of an optional for the next one, so the last has no user.
		g.put("sensitivity %s, %s, s2; category %s;\n", g.know("sens", "s0"), g.know("sens", "s1"), g.know("cat", "c0"))
	}
	for range 2 + g.IntN(6) {
		switch g.IntN(8) {
		case 0, 1:
			name := g.oneOf("file", "dir", "process", "tcp_socket")
			g.know("class", name)
			g.put("class %s { %s };\n", name, strings.Join(classes[name], " "))
		case 2:
			g.put("role %s;\n", g.know("role", fmt.Sprintf("r%d_r", g.IntN(4))))
		case 3:
			g.put("attribute %s;\n", g.know("attribute", fmt.Sprintf("ra%d", g.IntN(3))))
		case 4:
			g.put("%s %s;\n", g.oneOf("bool", "tunable"), g.know("bool", fmt.Sprintf("b%d", g.IntN(4))))
		case 5:
			g.put("sensitivity s%d; category %s;\n", g.IntN(2), g.know("cat", fmt.Sprintf("c%d", g.IntN(5))))
		default:
			g.put("type %s, %s;\n", g.know("type", fmt.Sprintf("q%d_t", g.IntN(6))),
				g.know("type", fmt.Sprintf("q%d_t", g.IntN(6))))
		}
	}
	g.put("}\n")
}

func (g *generator) know(kind, name string) string {
	g.names[kind] = append(g.names[kind], name)
	return name
}

// declare writes a declaration.
func (g *generator) declare() {
	n := g.IntN(1000)
	switch g.IntN(9) {
	case 0, 1:
		name := fmt.Sprintf("d%d_t", n)
		attrs := ""
		if len(g.names["attribute"]) > 0 && g.IntN(2) == 0 {
			attrs = ", " + g.some("attribute", 2, ", ")
		}
		alias := g.oneOf("", "", fmt.Sprintf(" alias da%d_t", n), fmt.Sprintf(" alias { da%d_t db%d_t }", n, n))
		g.put("type %s%s%s;\n", name, alias, attrs)
		g.know("type", name)
		if strings.Contains(alias, "da") && g.IntN(2) == 0 {
			g.know("type", fmt.Sprintf("da%d_t", n))
		}
	case 2:
		g.put("attribute %s;\n", g.know("attribute", fmt.Sprintf("a%d", n)))
	case 3:
		if g.old {
			return
		}
		g.put("attribute_role %s;\n", g.know("rattr", fmt.Sprintf("xr%d", n)))
	case 4:
		name := g.oneOf(fmt.Sprintf("n%d_r", n), "system_r", "user_r", "auditadm_r", "one_r")
		attrs := ""
		if len(g.names["rattr"]) > 0 && g.IntN(2) == 0 {
			attrs = ", " + g.pick("rattr")
		}
		g.put("role %s%s;\n", name, attrs)
		g.know("role", name)
	case 5:
		g.put("%s %s %s;\n", g.oneOf("bool", "tunable", "BOOL"), g.know("bool", fmt.Sprintf("db%d", n)),
			g.oneOf("true", "false"))
	case 6:
		g.put("typealias %s alias al%d_t;\n", g.pick("type"), n)
		g.know("type", fmt.Sprintf("al%d_t", n))
	case 7:
		g.put("typeattribute %s %s;\n", g.pick("type"), g.some("attribute", 2, ", "))
	case 8:
		if parent := g.pick("type"); g.IntN(3) == 0 && !strings.Contains(parent, ".") {
			g.put("type %s;\n", g.know("type", fmt.Sprintf("%s.c%d", parent, n)))
		}
	}
}

func (g *generator) statement() {
	switch g.IntN(19) {
	case 0, 1, 2, 3:
		g.rule(g.oneOf("allow", "allow", "dontaudit", "auditallow", "auditdeny", "neverallow"))
	case 4:
		kind := g.oneOf("type_transition", "type_transition", "type_change", "type_member")
		g.typeRule(kind, kind == "type_transition")
	case 5, 6:
		if g.old {
			return
		}
		kind := g.oneOf("allow", "auditallow", "dontaudit", "neverallow")
		target := g.targets()
		if kind == "neverallow" {
			target = g.all()
		}
		g.put("%sxperm %s %s:file ioctl %s;\n", kind, g.types(), target, g.numbers())
	case 7, 8:
		g.conditional()
	case 9:
		g.put("role %s types %s;\n", g.pick("role"), g.types())
	case 10:
		g.put("allow %s %s;\n", g.set("role", false), g.set("role", false))
	case 11:
		g.put("role_transition %s %s%s %s;\n", g.pick("role"), g.pick("type"), g.oneOf("", ":file", ":{ file dir }"),
			g.pick("role"))
	case 12:
		high := ""
		if g.IntN(2) == 0 {
			high = " - " + g.level()
		}
		g.put("range_transition %s %s:%s %s%s;\n", g.types(), g.types(), g.oneOf("file", "{ file dir }"), g.level(),
			high)
	case 13:
		g.put("permissive %s;\n", g.pick("type"))
	case 14:
		g.put("typebounds %s %s;\n", g.pick("type"), g.pick("type"))
	case 15:
		g.put("expandattribute %s %s;\n", g.set("attribute", false), g.oneOf("true", "false"))
	case 16:
		if !g.old && len(g.names["rattr"]) > 0 {
			g.put("roleattribute %s %s;\n", g.pick("role"), g.pick("rattr"))
		}
	case 17:
		g.put(";\n")
	case 18:
		g.declare()
	}
}

// block writes statements, optionals and users. What an optional declares is not known
// outside.
func (g *generator) block(n int) {
	g.require()
	for range n {
		switch k := g.IntN(12); {
		case k < 4:
			g.declare()
		case k < 11 || g.depth >= 3:
			g.statement()
		default:
			g.optional()
		}
	}
	if g.IntN(6) == 0 {
		name := g.oneOf("a_u", "b_u", "c_u")
		levels := ""
		if g.mls {
			levels = " level " + g.level() + " range " + g.level() + g.oneOf("", " - "+g.level())
		}
		g.put("user %s roles %s%s;\n", name, g.set("role", false), levels)
	}
}

func (g *generator) optional() {
	outer := g.names
	g.names = map[string][]string{}
	for k, v := range outer {
		g.names[k] = append([]string{}, v...)
	}
	g.depth++
	g.put("optional {\n")
	g.block(1 + g.IntN(6))
	g.put("}")
	g.depth--
	g.names = outer
	if g.IntN(4) == 0 {
		g.put(" else {\n")
		for range 1 + g.IntN(3) {
			g.rule("allow")
		}
		g.put("}")
	}
	g.put("\n")
}

func (g *generator) module(name string) string {
	g.names = map[string][]string{}
	g.put("module %s %s;\n", name, g.oneOf("1", "1.0", "2.3.4.5", "1.2.3"))
	g.block(5 + g.IntN(25))
	return g.out.String()
}

// TestRandom: random modules are taken or refused by both, and become the same.
func TestRandom(t *testing.T) {
	p := newPeer(t)
	seed := testenv.Seed(t)
	taken := 0
	rounds := testenv.Rounds(250, 20000)
	for i := range rounds {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(i)))}
		g.wild = []int{1 << 30, 1 << 30, 1 << 30, 1 << 30, 100, 20}[g.IntN(6)]
		o := te.Options{MLS: g.IntN(4) > 0}
		if g.IntN(3) == 0 {
			o.Version = pp.MinVersion + uint32(g.IntN(pp.SourceVersion-pp.MinVersion+1))
			g.old = o.Version < 18
		}
		g.mls = o.MLS
		name := fmt.Sprintf("m%d", i)
		text := g.module(name)
		diff, ok := p.compare(t, name, text, o)
		if diff != "" {
			t.Fatalf("seed %d, module %d, %+v: %s\n%s", seed, i, o, diff, text)
		}
		if ok {
			taken++
		}
	}
	t.Logf("%d of %d modules are taken", taken, rounds)
	if taken < rounds/5 {
		t.Errorf("only %d of %d modules are taken", taken, rounds)
	}
}
