package setools

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydb"
)

// inertArgs returns the arguments as messages may print them. typed has the original of each argument that was
// changed. Python itself escapes bytes that are not UTF-8.
func inertArgs(args []string) (list []string, typed map[string]string) {
	for i, arg := range args {
		text := strings.ReplaceAll(arg, "\n", `\n`)
		if utf8.ValidString(text) {
			text = words.Safe(text)
		}
		if text == arg {
			continue
		}
		if typed == nil {
			args, typed = slices.Clone(args), make(map[string]string)
		}
		args[i], typed[text] = text, arg
	}
	return args, typed
}

// inertNames returns a policy whose names have no line breaks and nothing that acts on a terminal. Compilers allow
// neither, but a file can have them. For a policy that a compiler made it returns db itself.
func inertNames(db *policydb.Policy) *policydb.Policy {
	changed := false
	for name := range namesIn(db) {
		if words.Safe(*name) != *name {
			changed = true
			break
		}
	}
	if !changed {
		return db
	}
	own, err := policydb.DecodeString(string(db.Encode())) // a copy that nobody shares
	if err != nil {
		return db // it was decoded before
	}
	for name := range namesIn(own) {
		*name = words.Safe(*name)
	}
	return own
}

// namesIn yields pointers to the names of a policy. It leaves out the names of filename transitions, which are made
// inert when they are printed.
func namesIn(db *policydb.Policy) iter.Seq[*string] {
	return func(yield func(*string) bool) {
		o := &db.OContexts
		_ = each(db.Types.Items, func(t *policydb.Type) bool { return yield(&t.Name) }) &&
			each(db.Commons.Items, func(c *policydb.Common) bool {
				return yield(&c.Name) &&
					eachPerm(c.Perms, yield)
			}) &&
			each(db.Classes.Items, func(c *policydb.Class) bool {
				return yield(&c.Name) && yield(&c.Common) && eachPerm(c.Perms, yield)
			}) &&
			each(db.Roles.Items, func(r *policydb.Role) bool { return yield(&r.Name) }) &&
			each(db.Users.Items, func(u *policydb.User) bool { return yield(&u.Name) }) &&
			each(db.Bools.Items, func(b *policydb.Bool) bool { return yield(&b.Name) }) &&
			each(db.Sensitivities.Items, func(s *policydb.Sensitivity) bool { return yield(&s.Name) }) &&
			each(db.Categories.Items, func(c *policydb.Category) bool { return yield(&c.Name) }) &&
			each(o.FS, func(f *policydb.FSCon) bool { return yield(&f.Name) }) &&
			each(o.Netifs, func(n *policydb.NetifCon) bool { return yield(&n.Name) }) &&
			each(o.FSUses, func(f *policydb.FSUse) bool { return yield(&f.Name) }) &&
			each(o.IBEndPorts, func(e *policydb.IBEndPortCon) bool { return yield(&e.Device) }) &&
			each(o.DeviceTrees, func(d *policydb.DeviceTreeCon) bool { return yield(&d.Path) }) &&
			each(db.GenFS, func(g *policydb.GenFS) bool {
				return yield(&g.FSType) && each(g.Entries, func(e *policydb.GenFSEntry) bool { return yield(&e.Path) })
			})
	}
}

func eachPerm(perms []policydb.Perm, yield func(*string) bool) bool {
	return each(perms, func(p *policydb.Perm) bool { return yield(&p.Name) })
}

// each calls f for the items of a list until f returns false.
func each[T any](list []T, f func(*T) bool) bool {
	for i := range list {
		if !f(&list[i]) {
			return false
		}
	}
	return true
}
