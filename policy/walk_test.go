package policy_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/policies"
)

// walk asks a policy everything it can be asked, of every id there is and of
// some there are not.
func walk(t testing.TB, db *policydb.Policy) {
	t.Helper()
	pol := policy.New(db)
	out := 0 // so that nothing is optimized away
	say := func(s string) { out += len(s) }
	types := pol.MaxType()
	every := policy.NewSet(types)
	for id := policy.TypeID(0); id <= types+2; id++ {
		every.Add(id)
		name := pol.TypeName(id)
		say(name)
		if found, ok := pol.TypeOrAttribute(name); ok && pol.TypeName(found) != name {
			// Two symbols of one name, or a name like that of a nameless attribute.
			say(name)
		}
		pol.Type(name)
		pol.Attribute(name)
		for alias := range pol.Aliases(id) {
			say(alias)
		}
		out += pol.Attributes(id).Len() + pol.Members(id).Len() + int(pol.Bounds(id))
		if pol.IsAttribute(id) == pol.IsPermissive(id) || pol.IsNeverAudit(id) {
			out++
		}
		if id > 300 {
			break // the rest is the same, and policies of 65,535 types exist
		}
	}
	for class := policy.ClassID(0); class <= pol.MaxClass()+1 && class < 300; class++ {
		say(pol.ClassName(class))
		for _, perm := range pol.Perms(class) {
			if v, ok := pol.Perm(class, perm); ok {
				out += int(v & pol.AllPerms(class))
			}
		}
		for r := range pol.RulesFrom(1, class, every) {
			out += int(r.Perms)
		}
		if c := pol.ClassInfo(class); c != nil {
			out += len(c.Constraints) + len(c.ValidateTrans)
			if id, ok := pol.Class(c.Name); !ok || pol.ClassName(id) != c.Name {
				t.Errorf("class %q is not found", c.Name)
			}
		}
	}
	n := 0
	for r := range pol.Rules(policy.RuleFilter{Kinds: ^policy.RuleKind(0)}) {
		n++
		if r.Kind&policy.XPermRules != 0 {
			x := pol.XPerms(r)
			out += int(x.Driver)
		}
		if pol.RuleAt(r.Addr()) != r {
			t.Errorf("rule at %d: %+v", r.Addr(), r)
		}
		if pol.Enabled(r) {
			out += int(r.Default)
		}
	}
	if n != pol.NumRules() {
		t.Errorf("%d rules, NumRules %d", n, pol.NumRules())
	}
	for f := range pol.FilenameTransitions() {
		for source := range f.AllSources() {
			out += int(source)
		}
	}
	for id := range pol.Roles() {
		say(pol.RoleName(id))
		out += pol.RoleTypes(id).Len()
	}
	for id := range pol.Users() {
		say(pol.UserName(id))
		out += pol.UserRoles(id).Len()
		say(pol.FormatRange(pol.UserInfo(id).Range) + pol.FormatLevel(pol.UserInfo(id).DefaultLevel))
	}
	for id := range pol.Sensitivities() {
		say(pol.SensitivityName(id))
		say(pol.FormatLevel(pol.SensitivityInfo(id).Level))
		for alias := range pol.SensitivityAliases(id) {
			say(alias)
		}
		pol.ParseLevel(pol.SensitivityName(id))
	}
	for id := range pol.Categories() {
		say(pol.CategoryName(id))
		for alias := range pol.CategoryAliases(id) {
			say(alias)
		}
	}
	for c := range pol.PolicyCaps() {
		if out += len(c.String()); !pol.HasPolicyCap(c) {
			t.Errorf("%v is not on", c)
		}
		if c > 100 {
			break
		}
	}
	settings := make([]policy.BoolSetting, 0, 8)
	for id := range pol.Bools() {
		settings = append(settings, policy.BoolSetting{Bool: id, On: !pol.BoolState(id)})
		say(pol.BoolName(id))
	}
	for _, p := range []*policy.Policy{pol, pol.WithBools(settings...)} {
		for id := range p.Conds() {
			out += p.CondBools(id).Len() + len(p.CondExpr(id))
			if p.BranchEnabled(id, true) && p.BranchEnabled(id, false) {
				t.Errorf("both branches of conditional %d hold", id)
			}
		}
	}
	walkContexts(t, pol)
	for _, name := range []string{"lo", "eth0", ""} {
		say(pol.FormatContext(pol.NetifLabel(name).Context))
	}
	for _, addr := range []string{"127.0.0.1", "::1", "10.1.2.3"} {
		say(pol.FormatContext(pol.NodeLabel(netip.MustParseAddr(addr)).Context))
	}
	for _, port := range []uint16{0, 80, 1024, 65535} {
		say(pol.FormatContext(pol.PortLabel(policy.ProtoTCP, port).Context))
	}
	pol.ProcessClass()
	if out == 0 {
		t.Error("nothing was asked")
	}
}

// walkContexts formats, checks and parses back every context of the policy.
func walkContexts(t testing.TB, pol *policy.Policy) {
	t.Helper()
	o := pol.DB().OContexts
	var list []policy.Context
	for _, c := range o.InitialSIDs {
		list = append(list, c.Context)
	}
	for _, c := range o.FS {
		list = append(list, c.FS, c.File)
	}
	for _, c := range o.Ports {
		list = append(list, c.Context)
	}
	for _, c := range o.Netifs {
		list = append(list, c.If, c.Packet)
	}
	for _, c := range o.Nodes {
		list = append(list, c.Context)
	}
	for _, c := range o.Nodes6 {
		list = append(list, c.Context)
	}
	for _, c := range o.FSUses {
		list = append(list, c.Context)
	}
	for _, g := range pol.DB().GenFS {
		for _, e := range g.Entries {
			list = append(list, e.Context)
		}
	}
	for _, c := range list {
		text := pol.FormatContext(c)
		valid := pol.ValidateContext(c) == nil
		parsed, err := pol.ParseContext(text)
		if again := pol.FormatContext(parsed); err == nil && valid && again != text &&
			!strings.ContainsAny(text, "-:.,") {
			t.Errorf("%q is parsed as %q", text, again)
		}
	}
}

// TestWalk: the policies as they are, and with bytes replaced at random.
func TestWalk(t *testing.T) {
	for _, p := range realPolicies(t) {
		walk(t, p.decode(t))
	}
	rng := rand.New(rand.NewPCG(6, 33))
	for version := 15; version <= 33; version++ {
		for _, target := range []string{policies.SELinux, policies.Xen} {
			if target == policies.Xen && version != 24 && version != 30 {
				continue
			}
			p := small(t, version, target, version >= 19)
			walk(t, p.decode(t))
			walked := 0
			for range 1500 {
				mutant := bytes.Clone(p.image)
				for range 1 + rng.IntN(6) {
					mutant[rng.IntN(len(mutant))] = byte(rng.Uint32())
				}
				if db, err := policydb.Decode(mutant); err == nil {
					walk(t, db)
					walked++
				}
			}
			if walked == 0 {
				t.Errorf("version %d: nothing was accepted", version)
			}
		}
	}
}

// FuzzPolicyWalk: whatever Decode accepts, no question panics.
func FuzzPolicyWalk(f *testing.F) {
	paths, err := filepath.Glob("../policydb/testdata/seeds/*.policy")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range paths {
		f.Add(load(f, path, path).image)
	}
	f.Fuzz(func(t *testing.T, image []byte) {
		if len(image) > 1<<16 {
			return
		}
		if db, err := policydb.Decode(image); err == nil {
			walk(t, db)
		}
	})
}

// hostileVariable tells a child process of TestHostileMemory what to do.
const (
	hostileVariable = "SENET_TEST_HOSTILE_CHILD"
	hostileMemory   = 64 << 10 // kB, the Go runtime included
	hostileTime     = 5 * time.Second
)

// TestHostileMemory: what New, Index, Members and ParseLevel ask for is bounded
// by a small multiple of the input too.
func TestHostileMemory(t *testing.T) {
	if spec := os.Getenv(hostileVariable); spec != "" {
		hostileChild(t, spec)
		return
	}
	// Versions 20 to 23: each value without a symbol is an attribute, so 65,535
	// attributes cost 12 bytes each.
	path := filepath.Join(t.TempDir(), "attributes")
	if err := os.WriteFile(path, manyAttributes(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"members " + path, "attributes " + path, "index " + path,
		"level " + small(t, 33, "selinux", true).path, "cats " + debianPolicy(t, "default").path} {
		t.Run(strings.Fields(what)[0], func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestHostileMemory$", "-test.v")
			cmd.Env = append(os.Environ(), hostileVariable+"="+what, "GOGC=100")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%.2000s", err, out)
			}
			took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime() // not of other programs
			kb := 0
			_, rest, _ := strings.Cut(string(out), "VmHWM")
			if _, err := fmt.Sscan(rest, &kb); err != nil {
				t.Fatalf("no VmHWM: %v: %.2000s", err, out)
			}
			t.Logf("%d kB, %v", kb, took.Round(time.Millisecond))
			if kb > hostileMemory || took > hostileTime {
				t.Errorf("%d kB and %v; at most %d kB and %v are allowed", kb, took, hostileMemory, hostileTime)
			}
		})
	}
}

// manyAttributes makes the small policy of version 20 one of 65,535 types, of
// which all but the first few have no symbol; the first type has them all as
// attributes: 0.8 MB.
func manyAttributes(t *testing.T) []byte {
	t.Helper()
	db := small(t, 20, "selinux", false).decode(t)
	db.Types.NPrim = 65535
	for len(db.TypeAttrMap) < 65535 {
		db.TypeAttrMap = append(db.TypeAttrMap, policydb.Bitmap{})
	}
	all := make([]uint32, 65535)
	for i := range all {
		all[i] = uint32(i)
	}
	db.TypeAttrMap[db.Types.Items[0].Value-1] = policydb.BitmapOf(all...)
	return db.Encode()
}

func hostileChild(t *testing.T, spec string) {
	what, path, _ := strings.Cut(spec, " ")
	pol := load(t, what, path).policy(t)
	switch what {
	case "members":
		pol.Members(1)
	case "attributes":
		for id := range pol.AllAttributes() {
			pol.Attributes(id)
			pol.TypeName(id)
		}
	case "index":
		indexAll(pol)
	case "level":
		// A context of 1 MB, as a line of a log may hold.
		pol.ParseLevel("s0:" + strings.Repeat("c0.c70,", 150000) + "c1")
	case "cats":
		pol.ParseLevel("s0:" + strings.Repeat("c0.c1023,", 110000) + "c1")
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	t.Logf("VmHWM %s", strings.Fields(rest)[0])
}
