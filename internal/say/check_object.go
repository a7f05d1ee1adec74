package say

import (
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/check"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// objects adds a line for each file or UNIX socket of a service that the policy refuses, and for each that
// has another label than file_contexts has for it.
func (c *Check) objects(b *words.Page, s *check.Service) {
	type label struct{ path, have string }
	wrong := map[label]bool{}
	last := ""
	for i := range s.Objects {
		o := &s.Objects[i]
		if o.Verdict == network.Denied {
			line := words.Sprintf("%-5s %s", verdictMark(o.Verdict), c.objectLine(o))
			if line != last {
				b.Printf("%s\n", line)
			}
			last = line
		}
		if key := (label{o.Path, o.Have}); o.Wrong() && !wrong[key] {
			wrong[key] = true
			b.Line("label", "%s is labelled %s, and file_contexts has %s for it", o.Path, o.Have, o.Want)
			if !c.Elsewhere {
				b.Command("fix", shell.New("restorecon", "-v").Arg(o.Path))
			}
		}
	}
}

// objectLine describes a file or a UNIX socket: its place, who uses it, and how.
func (c *Check) objectLine(o *check.Object) string {
	text := c.place(o.Pos) + c.Decider.Policy().TypeName(policy.TypeID(o.Who.Context.Type)) + " " +
		objectUse(o) + " " + o.Path
	if o.Directive != "" {
		text += " (" + o.Directive + ")"
	}
	return text
}

// objectUse returns what a program does with a file.
func objectUse(o *check.Object) string {
	switch {
	case o.Op != "":
		return string(o.Op)
	case o.Use == daemonconf.Log || o.Use == daemonconf.PID:
		return "write"
	case o.Use == daemonconf.Data:
		return "use"
	}
	return "read"
}

// objectWhy says which check is refused.
func (c *Check) objectWhy(o *check.Object) string {
	d, p := o.Denied, c.Decider.Policy()
	if strings.HasSuffix(d.Class, "_socket") {
		return words.Sprintf("%s may not %s %s for %s [%s]", p.TypeName(policy.TypeID(o.Who.Context.Type)), d.Name,
			d.Class, d.Path, d.Reason.Code)
	}
	return words.Sprintf("%s may not %s %s %s, labelled %s [%s]", p.TypeName(policy.TypeID(o.Who.Context.Type)),
		d.Name, d.Class, d.Path, p.TypeName(policy.TypeID(d.Target.Type)), d.Reason.Code)
}

// maxObjectFixes bounds the refused files for which a fix is sought.
const maxObjectFixes = 20

// objectFixes adds the reason of each refused file, and its first fix, and reports whether it named one.
func (c *Check) objectFixes(b *words.Page) (fixed bool) {
	type refusal struct{ who, path, class, perm string }
	seen := map[refusal]bool{}
	p := c.Decider.Policy()
	for _, s := range c.Services {
		for i := range s.Objects {
			o := &s.Objects[i]
			d := o.Denied
			if d == nil {
				continue
			}
			key := refusal{p.FormatContext(o.Who.Context), d.Path, d.Class, d.Name}
			if seen[key] || len(seen) == maxObjectFixes {
				continue
			}
			seen[key] = true
			b.Line("why", "%s", c.objectWhy(o))
			if c.Access == nil {
				continue
			}
			x := c.Access(d.Query(p, o.Who.Context))
			if x == nil || x.First() == nil {
				continue
			}
			b.Line("fix", "%s (%s)", x.Title(x.First()), x.First().Applicability)
			b.Command("next", x.Command(c.Again))
			fixed = true
		}
	}
	return fixed
}

// An AccessAsker finds the fixes of an access, nil if there is no answer.
type AccessAsker func(senet.AccessQuery) *AccessFixes
