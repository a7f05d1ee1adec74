package cilgen

import (
	"fmt"
	"strings"
)

// statement writes one statement of any kind, with the declarations it needs.
func (g *Generator) statement() {
	p := func(format string, args ...any) { fmt.Fprintf(&g.b, format, args...) }
	if g.inBool {
		if g.depth < 4 && g.IntN(8) == 0 && len(g.pools["macro"]) > 0 {
			g.call()
			return
		}
		g.b.WriteString(g.rule())
		return
	}
	if g.newer && g.IntN(6) == 0 {
		g.newerStatement()
		return
	}
	switch g.IntN(48) {
	default:
		g.b.WriteString(g.rule())
	case 0:
		p("(type %s)", g.fresh("type"))
	case 1:
		p("(typeattribute %s)", g.fresh("attr"))
	case 2, 3:
		p("(typeattributeset %s %s)", g.name("attr"), g.expr(0, setOps, g.source))
	case 4:
		p("(expandtypeattribute %s %s)", pick(g, g.name("attr"), "("+g.name("attr")+" "+g.name("attr")+")"),
			pick(g, "true", "false"))
	case 5:
		al := g.fresh("alias")
		p("(typealias %s) (typealiasactual %s %s)", al, al, g.name("type", "alias"))
	case 6:
		name := pick(g, "\"x y\"", "n1", "\"/\"", "n2")
		p("(typetransition %s %s %s %s %s)", g.source(), g.selfOr(), g.name("class", "map"), name, g.name("type"))
	case 7:
		p("(rangetransition %s %s %s %s)", g.source(), g.source(), g.name("class"), g.levels())
	case 8:
		p("(%s %s %s %s)", pick(g, "allowx", "auditallowx", "dontauditx"), g.source(), g.target(), g.ioctl())
	case 9:
		p("(permissionx %s (ioctl %s (%s)))", g.fresh("px"), pick(g, "file", "dir"),
			pick(g, "1 2 3", "range 0x100 0x3ff", "not 7"))
	case 10:
		p("(role %s)", g.fresh("role"))
	case 11:
		p("(roleattribute %s)", g.fresh("roleattr"))
	case 12:
		p("(roleattributeset %s %s)", g.name("roleattr"), g.expr(0, setOps, func() string { return g.name("role") }))
	case 13:
		p("(roletype %s %s)", g.name("role", "roleattr"), g.source())
	case 14:
		p("(roletransition %s %s %s %s)", g.name("role", "roleattr"), g.source(), g.name("class"), pick(g, "r", "r_b"))
	case 15:
		p("(roleallow %s %s)", g.name("role", "roleattr"), g.name("role", "roleattr"))
	case 16:
		v := g.fresh("user")
		p("(user %s) (userlevel %s low) (userrange %s %s) (userrole %s %s)", v, v, v, g.levels(), v,
			g.name("role", "roleattr"))
	case 17:
		p("(userattributeset ua0 %s)", g.expr(0, setOps, func() string { return g.name("user") }))
	case 18:
		p("(userrole %s %s)", g.name("user", "userattr"), g.name("role", "roleattr"))
	case 19:
		p("(boolean %s %s)", g.fresh("bool"), pick(g, "true", "false"))
	case 20:
		p("(constrain %s %s)", g.classPerms(), g.constraint(0, false))
	case 21:
		p("(mlsconstrain %s %s)", g.classPerms(), g.constraint(0, false))
	case 22:
		p("(%s %s %s)", pick(g, "validatetrans", "mlsvalidatetrans"), g.name("class", "map"), g.constraint(0, true))
	case 23:
		cp := g.fresh("cp")
		p("(classpermission %s) (classpermissionset %s %s)", cp, cp, g.classPerms())
	case 24:
		p("(classmapping map0 %s %s)", pick(g, "p", "q"),
			"("+pick(g, "file (read)", "dir (all)", "process (signal)")+")")
	case 25:
		p("(portcon %s %s %s)", pick(g, "tcp", "udp", "sctp", "dccp"), g.number(2000), g.context())
	case 26:
		if g.IntN(2) == 0 {
			p("(nodecon (10.%d.0.0) (255.255.0.0) %s)", g.IntN(200), g.context())
		} else {
			p("(nodecon (fe80::%x) (ffff::) %s)", g.IntN(2000), g.context())
		}
	case 27:
		p("(netifcon eth%d %s %s)", g.IntN(100), g.context(), g.context())
	case 28:
		p("(genfscon %s /p%d %s %s)", pick(g, "proc", "sysfs"), g.IntN(200),
			pick(g, "", "any", "file", "dir", "char"), g.context())
	case 29:
		p("(fsuse %s fs%d %s)", pick(g, "xattr", "task", "trans"), g.IntN(100), g.context())
	case 30:
		p("(filecon %q %s %s)", pick(g, "/a%d", "/b%d/.*", "/c(%d)?/x", "/%d")+fmt.Sprint(g.IntN(1000)),
			pick(g, "any", "file", "dir", "char", "block", "socket", "pipe", "symlink"), g.context())
	case 31:
		p("(ibpkeycon fe80:: %s %s)", g.number(5000), g.context())
	case 32:
		p("(default%s %s %s)", pick(g, "user", "role", "type"), pick(g, g.name("class"), "(file dir)"),
			pick(g, "source", "source", "source", "target"))
	case 33:
		p("(defaultrange %s %s)", g.name("class"), pick(g, "source low", "source low", "source low", "target high",
			"glblub"))
	case 34:
		p("(typepermissive %s)", g.name("type", "alias"))
	case 35:
		p("(type%s %s %s)", "bounds", g.name("type"), g.name("type"))
	case 36:
		p("(selinuxuser n%d %s %s)", g.IntN(100), g.name("user"), g.levels())
	case 37:
		p("(context %s (%s object_r %s %s))", g.fresh("ctx"), g.name("user"), pick(g, "a", "b", "d"), g.levels())
	case 38:
		p("(neverallow %s %s (process (fork)))", g.source(), g.target())
	case 39:
		if g.IntN(2) == 0 {
			p("(level %s (%s %s))", g.fresh("level"), g.name("sens"), g.categories())
		} else {
			p("(levelrange %s (low %s))", g.fresh("range"), g.level())
		}
	case 40, 41, 42, 43, 44, 45, 46, 47:
		g.container()
	}
}

// newerStatement writes a statement that libsepol 3.4 does not have.
func (g *Generator) newerStatement() {
	p := func(format string, args ...any) { fmt.Fprintf(&g.b, format, args...) }
	// Expressions in deny rules are wrong in libsepol 3.8.
	perms := func() string {
		switch g.IntN(8) {
		case 0:
			return g.name("cp")
		case 1:
			return "(map0 " + pick(g, "(p)", "(q p)", "(p q)") + ")"
		}
		return pick(g, "(file (read))", "(file (read write execute))", "(dir (search read))", "(process (fork signal))",
			"(nl (nlmsg))")
	}
	switch g.IntN(12) {
	case 0:
		p("(neverallow %s %s (process (fork)))", g.source(), g.target())
	case 1:
		perms := pick(g, "(ioctl nl (0xfff1))", "(nlmsg nl (0xfff1))", "(ioctl file (0xfff1))")
		p("(neverallowx %s %s %s)", g.source(), g.target(), perms)
	case 2:
		p("(nodecon 10.%d.0.0 255.255.0.0 %s)", g.IntN(200), g.context())
	case 3:
		if g.depth == 0 { // libsepol 3.8 loses a role that is declared again in what it copies
			p("(role %s)", pick(g, "r", "r_b", "r_c"))
		}
	case 4, 5:
		p("(allow %s %s %s)", g.source(), pick(g, "notself", "other"), perms())
	default:
		p("(deny %s %s %s)", g.source(), g.target(), perms())
	}
}

// container writes a statement that holds others.
func (g *Generator) container() {
	if g.depth > 3 {
		g.b.WriteString(g.rule())
		return
	}
	saved := *g
	restore := func() {
		g.inMacro, g.inOptional, g.inBool, g.inBlock, g.inIn = saved.inMacro, saved.inOptional, saved.inBool,
			saved.inBlock, saved.inIn
		g.depth = saved.depth
	}
	g.depth++
	body := func(most int) {
		for range 1 + g.IntN(most) {
			g.b.WriteByte(' ')
			g.statement()
		}
	}
	branches := func(kind, expr string) {
		fmt.Fprintf(&g.b, "(%s %s", kind, expr)
		for _, which := range pick(g, []string{"true"}, []string{"false"}, []string{"true", "false"},
			[]string{"false", "true"}) {
			g.b.WriteString(" (" + which)
			body(4)
			g.b.WriteString(")")
		}
		g.b.WriteString(")")
	}
	allowed := !g.inMacro && !g.inOptional
	switch k := g.IntN(12); {
	case k < 3:
		g.inOptional = true
		fmt.Fprintf(&g.b, "(optional opt%d", g.IntN(1000))
		if g.IntN(3) == 0 {
			g.b.WriteString(" (allow a nosuch (file (read)))")
		}
		body(5)
		g.b.WriteString(")")
	case k < 6:
		g.inBool = true
		branches("booleanif", g.condition())
	case k == 6:
		branches("tunableif", g.expr(0, []string{"and", "or", "xor", "not", "eq", "neq"},
			func() string { return g.name("tunable") }))
	case k == 7 && allowed && !g.inIn:
		g.n++
		g.inMacro = true
		fmt.Fprintf(&g.b, "(macro mac_%d ((type p1) (%s p2))", g.n,
			pick(g, "class", "boolean", "role", "levelrange", "classpermission", "name"))
		g.pools["type"] = append(g.pools["type"], "p1")
		body(4)
		g.pools["type"] = g.pools["type"][:len(g.pools["type"])-1]
		g.b.WriteString(")")
		restore()
		if !g.inBlock {
			g.pools["macro"] = append(g.pools["macro"], fmt.Sprintf("mac_%d", g.n))
		}
		return
	case k == 8 && allowed && !g.inIn:
		g.n++
		name := fmt.Sprintf("blk_%d", g.n)
		g.inBlock = true
		fmt.Fprintf(&g.b, "(block %s", name)
		if g.IntN(4) == 0 {
			fmt.Fprintf(&g.b, " (blockabstract %s)", name)
		}
		body(5)
		g.b.WriteString(")")
		restore()
		if !g.inBlock {
			g.pools["block"] = append(g.pools["block"], name)
		}
		return
	case k == 9 && allowed && !g.inIn:
		g.n++
		fmt.Fprintf(&g.b, "(block inh_%d (blockinherit %s) (type own))", g.n, g.name("block"))
	case k == 10 && allowed && !g.inIn && !g.inBlock:
		g.inIn = true
		fmt.Fprintf(&g.b, "(in %s %s", pick(g, "", "before", "after"), g.name("block", "block", "macro"))
		body(3)
		g.b.WriteString(")")
	default:
		g.call()
	}
	restore()
}

// call writes a call of a macro that there is.
func (g *Generator) call() {
	arg := pick(g, "file", "b1", "r", "all", "(file (read))", "cp0", "((s0) (s1))", "n1")
	if len(g.pools["macro"]) > 0 && g.IntN(1000) >= g.wrong {
		// The kind of the second parameter stands in the macro.
		name := g.name("macro")
		if _, rest, ok := strings.Cut(g.b.String(), "(macro "+name+" ((type p1) ("); ok {
			kind, _, _ := strings.Cut(rest, " ")
			arg = map[string]string{
				"class": "file", "boolean": "b1", "role": "r", "levelrange": pick(g, "all", "((s0) (s1))"),
				"classpermission": pick(g, "(file (read))", "cp0"), "name": "n1",
			}[kind]
		}
		fmt.Fprintf(&g.b, "(call %s (%s %s))", name, g.name("type", "attr"), arg)
		return
	}
	fmt.Fprintf(&g.b, "(call %s (a %s))", g.name("macro"), arg)
}
