package policies

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Random is a small random policy, made for differential tests: whatever it
// says compiles, but nothing in it makes sense.
type Random struct {
	Source   []byte  // policy.conf
	Options  Options // for Compile
	Contexts []string
	Classes  []string
	Bools    []string
	Portcons []Portcon // in the order of the binary policy
}

// Portcon is one port label of a Random policy.
type Portcon struct {
	Protocol  uint32 // the IP protocol number: 6, 17, 33, 132
	Low, High uint32
	Context   string
}

// NewRandom returns the policy that the state of rng gives: attributes (some
// empty), boolean expressions with every operator, constraints, MLS or not,
// bounds, extended permissions, and overlapping portcons in any order, a wide
// one before a narrow one too.
func NewRandom(rng *rand.Rand) *Random {
	g := &randomGen{rng: rng, used: make(map[string]bool), out: new(Random)}
	g.generate()
	g.out.Source = []byte(g.w.String())
	return g.out
}

// Write compiles the policy in dir, an existing directory that holds no other,
// and returns the path of the binary policy. It does not use the cache: there
// is no end of random policies.
func (r *Random) Write(dir string) (string, error) {
	path, err := compile("checkpolicy", r.Options.checkpolicy(), r.Source, dir, "policy.conf")
	if err != nil {
		return "", err
	}
	image, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	// checkpolicy refuses a portcon behind a wider one. So the text has a port
	// of its own for each, and the real numbers are put in here.
	for i, p := range r.Portcons {
		stand := binary.LittleEndian.AppendUint32(nil, p.Protocol)
		stand = binary.LittleEndian.AppendUint32(stand, standInPort+uint32(i))
		stand = binary.LittleEndian.AppendUint32(stand, standInPort+uint32(i))
		if n := bytes.Count(image, stand); n != 1 {
			return "", fmt.Errorf("portcon %d: %d places in the binary policy", i, n)
		}
		at := image[bytes.Index(image, stand)+4:]
		binary.LittleEndian.PutUint32(at, p.Low)
		binary.LittleEndian.PutUint32(at[4:], p.High)
	}
	return path, os.WriteFile(path, image, 0o600)
}

const standInPort = 54321

// randomGen is the state of one generation.
type randomGen struct {
	rng  *rand.Rand
	w    strings.Builder
	out  *Random
	used map[string]bool // keys of type rules, which must not conflict

	mls        bool
	version    int
	classes    classSet
	types      []string // free to appear in any rule
	children   map[string]string
	attrs      []string
	roles      []string
	roleTypes  map[string][]string
	users      []string
	userRoles  map[string][]string
	userHigh   map[string]level
	bools      []string
	sens, cats []string // by value
	denials    []string // constraints for boundsRules
}

func (g *randomGen) n(n int) int             { return g.rng.IntN(n) }
func (g *randomGen) chance(percent int) bool { return g.rng.IntN(100) < percent }
func (g *randomGen) line(parts ...string)    { line(&g.w, parts...) }

// named returns n names with the prefix, numbered in random order.
func (g *randomGen) named(prefix, suffix string, n int) []string {
	names := make([]string, n)
	for i, p := range g.rng.Perm(n) {
		names[i] = prefix + strconv.Itoa(p) + suffix
	}
	return names
}

func (g *randomGen) generate() {
	g.mls = g.chance(60)
	g.version = []int{33, 33, 33, 32, 31, 30, 29, 28, 26, 24}[g.n(10)]
	g.classes = parseClasses(append(some(g.rng,
		strings.Fields("dir chr_file udp_socket capability fd node netif packet dbus db_table"), 4),
		"process", "file", "tcp_socket")...)
	g.classes.sids = g.classes.sids[:12]
	g.out.Options = Options{Version: g.version, MLS: g.mls,
		HandleUnknown: pick(g.rng, []string{"allow", "deny", "reject"})}
	for _, c := range g.classes.classes {
		g.out.Classes = append(g.out.Classes, c.name)
	}
	g.types = g.named("t", "_t", 5+g.n(14))
	g.attrs = g.named("a", "", 2+g.n(6))
	g.roles = g.named("r", "_r", 2+g.n(3))
	g.users = g.named("u", "_u", 2+g.n(3))
	g.bools = g.named("b", "", 1+g.n(6))
	g.out.Bools = g.bools

	g.classes.write(&g.w)
	g.defaults()
	if g.mls {
		g.mlsPart()
	}
	for _, c := range []string{"network_peer_controls", "open_perms", "extended_socket_class", "always_check_network",
		"cgroup_seclabel"} {
		if g.chance(40) {
			g.line("policycap ", c, ";")
		}
	}
	g.declarations()
	g.boundsRules()
	for range 20 + g.n(60) {
		g.accessRule(g.source)
	}
	g.typeRules(4 + g.n(20))
	g.rangeTransitions(g.n(6))
	for range 1 + g.n(8) {
		g.conditional()
	}
	g.userPart()
	for _, denial := range g.denials {
		g.line(denial)
	}
	for range g.n(8) {
		g.constraint()
	}
	g.contextPart()
}

func (g *randomGen) defaults() {
	if g.version < 28 {
		return
	}
	for _, kind := range []string{"user", "role", "type"} {
		if g.chance(40) {
			g.line("default_", kind, " ", pick(g.rng, g.out.Classes), " ", pick(g.rng, []string{"source", "target"}),
				";")
		}
	}
	if g.mls && g.chance(40) {
		how := []string{"source low", "source high", "source low-high", "target low", "target high",
			"target low-high", "glblub"}
		if g.version < 32 {
			how = how[:6]
		}
		g.line("default_range ", pick(g.rng, g.out.Classes), " ", pick(g.rng, how), ";")
	}
}

func (g *randomGen) declarations() {
	for _, a := range g.attrs {
		g.line("attribute ", a, ";")
	}
	for i, t := range g.types {
		text := "type " + t
		if g.chance(20) {
			text += fmt.Sprintf(" alias { x%d_t y%d_t }", i, i)
		}
		for _, a := range some(g.rng, g.attrs[1:], g.n(len(g.attrs))) { // the first has no members
			text += ", " + a
		}
		g.line(text, ";")
	}
	g.children = make(map[string]string)
	if g.version >= 24 {
		for i := range g.n(4) {
			child, parent := fmt.Sprintf("child%d_t", i), pick(g.rng, g.types)
			if i == 3 && g.chance(30) {
				parent = "child0_t"
			}
			g.children[child] = parent
			g.line("type ", child, ";")
			g.line("typebounds ", parent, " ", child, ";")
		}
	}
	for _, b := range g.bools {
		g.line("bool ", b, " ", strconv.FormatBool(g.chance(50)), ";")
	}
	g.roleTypes = make(map[string][]string)
	everyType := g.everyType()
	for _, r := range g.roles {
		types := some(g.rng, everyType, 1+g.n(len(everyType)))
		g.roleTypes[r] = types
		g.line("role ", r, ";")
		g.line("role ", r, " types ", set(types), ";")
	}
	for range g.n(5) {
		g.line("allow ", pick(g.rng, g.roles), " ", pick(g.rng, g.roles), ";")
	}
	for range g.n(4) {
		key := "role " + pick(g.rng, g.roles) + " " + pick(g.rng, g.types)
		if class := pick(g.rng, g.out.Classes); !g.used[key+class] && g.version >= 26 {
			g.used[key+class] = true
			g.line(strings.Replace(key, "role", "role_transition", 1), ":", class, " ", pick(g.rng, g.roles), ";")
		}
	}
	for _, t := range everyType {
		if g.chance(12) && g.version >= 23 {
			g.line("permissive ", t, ";")
		}
	}
}

// everyType returns all the types, in a fixed order.
func (g *randomGen) everyType() []string {
	children := make([]string, 0, len(g.children))
	for child := range g.children {
		children = append(children, child)
	}
	slices.Sort(children)
	return slices.Concat(g.types, children)
}
