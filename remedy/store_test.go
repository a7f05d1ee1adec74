package remedy_test

import (
	"bytes"
	"compress/bzip2"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/policy"
)

// storeModules is where libsemanage keeps the modules of Debian's policy, and
// with each the CIL that it was made into.
const storeModules = "/var/lib/selinux/default/active/modules"

// A distribution is the CIL of all modules of a policy, and what they compile to.
type distribution struct {
	cil    string // file
	policy string // file
}

// debian returns the modules of Debian's default policy as one file, kept in the
// cache directory.
func debian(t testing.TB) distribution {
	t.Helper()
	testenv.Need(t, "secilc")
	files, err := filepath.Glob(filepath.Join(storeModules, "*", "*", "cil"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		testenv.Missing(t, "no modules can be read in "+storeModules)
	}
	slices.Sort(files)
	h := sha256.New()
	packed := make([][]byte, len(files))
	for i, file := range files {
		if packed[i], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
		h.Write(packed[i])
	}
	dir, err := testenv.CacheDir("store")
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(dir, hex.EncodeToString(h.Sum(nil)[:8]))
	dist := distribution{base + ".cil", base + ".policy"}
	if _, err := os.Stat(dist.policy); err == nil {
		return dist
	}
	var all bytes.Buffer
	for i := range packed {
		if bytes.HasPrefix(packed[i], []byte("BZh")) {
			if packed[i], err = io.ReadAll(bzip2.NewReader(bytes.NewReader(packed[i]))); err != nil {
				t.Fatalf("%s: %v", files[i], err)
			}
		}
		all.Write(packed[i])
		all.WriteByte('\n')
	}
	if err := os.WriteFile(dist.cil, all.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "policy")
	secilc(t, out, dist.cil)
	if err := os.Rename(out, dist.policy); err != nil {
		image, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dist.policy, image, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dist
}

// secilc compiles modules as libsemanage does, neverallow rules included. It takes seconds:
// what it makes of the same modules is kept.
func secilc(t testing.TB, out string, files ...string) {
	t.Helper()
	key := testenv.Program(t, "secilc")
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		key += fmt.Sprintf(" %x", sha256.Sum256(text))
	}
	flags := []string{"-m", "-M", "true", "-c", "33", "-U", "allow", "-f", os.DevNull}
	image := testenv.Kept(t, "secilc-answers", fmt.Sprintf("%s %q", key, flags), func() []byte {
		run(t, "secilc", slices.Concat(flags, []string{"-o", out}, files)...)
		image, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		return image
	})
	if err := os.WriteFile(out, image, 0o600); err != nil {
		t.Fatal(err)
	}
}

func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out[max(0, len(out)-2000):])
	}
	return string(out)
}

// with compiles the distribution's modules and others.
func (dist distribution) with(t testing.TB, modules ...string) *policy.Policy {
	t.Helper()
	dir := t.TempDir()
	files := []string{dist.cil}
	for i, text := range modules {
		file := filepath.Join(dir, fmt.Sprintf("m%d.cil", i))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	out := filepath.Join(dir, "policy")
	secilc(t, out, files...)
	return testpolicy.Open(t, out)
}

// lines are statements in words, with how often each is there.
type lines map[string]int

func (l lines) add(format string, args ...any) { l[fmt.Sprintf(format, args...)]++ }

// everything returns the statements of a policy that mean something: all rules,
// memberships, portcons in their order, contexts, and the rest of its symbols.
func everything(p *policy.Policy) lines {
	all := lines{}
	kinds := policy.Allow | policy.AuditAllow | policy.DontAudit | policy.TypeTransition |
		policy.TypeMember | policy.TypeChange |
		policy.AllowXPerm | policy.AuditAllowXPerm | policy.DontAuditXPerm
	for r := range p.Rules(policy.RuleFilter{Kinds: kinds}) {
		cond := ""
		if r.Cond != 0 {
			cond = fmt.Sprintf(" if %s is %t", p.CondText(r.Cond), r.Branch)
		}
		if r.Kind&policy.XPermRules != 0 {
			cond = fmt.Sprintf(" %v", p.XPerms(r)) + cond
		}
		all.add("rule %d %s %s %s %#x %s%s", r.Kind, p.TypeName(r.Source), p.TypeName(r.Target), p.ClassName(r.Class),
			r.Perms, typeOrNone(p, r.Default), cond)
	}
	for a := range p.AllAttributes() {
		for id := range p.Members(a).All() {
			all.add("attribute %s has %s", p.TypeName(a), p.TypeName(id))
		}
	}
	for id := range p.Types() {
		all.add("type %s permissive %t bounds %s", p.TypeName(id), p.IsPermissive(id), typeOrNone(p, p.Bounds(id)))
	}
	for i, c := range p.Ports() {
		all.add("port %d %d-%d %s", c.Protocol, c.Low, c.High, p.FormatContext(c.Context))
		if i > 0 {
			b := p.Ports()[i-1]
			all.add("port %d %d-%d after %d %d-%d", c.Protocol, c.Low, c.High, b.Protocol, b.Low, b.High)
		}
	}
	for _, n := range p.Nodes() {
		all.add("node %v %s", n.Addr, p.FormatContext(n.Context))
	}
	for _, n := range p.Netifs() {
		all.add("netif %s %s", n.Name, p.FormatContext(n.If))
	}
	for _, s := range p.DB().OContexts.InitialSIDs {
		all.add("sid %d %s", s.SID, p.FormatContext(s.Context))
	}
	for r := range p.Roles() {
		for id := range p.RoleTypes(r).All() {
			all.add("role %s has %s", p.RoleName(r), p.TypeName(id))
		}
	}
	for u := range p.Users() {
		for r := range p.UserRoles(u).All() {
			all.add("user %s has %s", p.UserName(u), p.RoleName(r))
		}
	}
	for b := range p.Bools() {
		all.add("bool %s %t", p.BoolName(b), p.DefaultBool(b))
	}
	for c := range p.Classes() {
		all.add("class %s %v %d constraints", p.ClassName(c), p.Perms(c), len(p.ClassInfo(c).Constraints))
	}
	for c := range p.PolicyCaps() {
		all.add("capability %v", c)
	}
	return all
}

func typeOrNone(p *policy.Policy, id policy.TypeID) string {
	if id == 0 {
		return "none"
	}
	return p.TypeName(id)
}

// minus returns what is in l and not in other.
func (l lines) minus(other lines) []string {
	var list []string
	for line, n := range l {
		for range n - other[line] {
			list = append(list, line)
		}
	}
	slices.Sort(list)
	return list
}
