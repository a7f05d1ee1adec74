package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// An ImageChange is a change in the source of a policy that is a part of an image, as Android's: a label for an
// object, a domain for a program, or a rule.
type ImageChange struct {
	// File is the file of labels that gets a line for the object: file_contexts, genfs_contexts, service_contexts,
	// hwservice_contexts, vndservice_contexts or property_contexts; "" where the label stays as it is.
	File string
	// Name is the path of the file, or the name of the service or property, with which the line in File begins; "" if
	// the record has no such name. Kind is the file system of genfs_contexts.
	Name, Kind string
	// Type is the type of the line, and Attributes are those that it is declared with.
	Type       string
	Attributes []string
	// Declare is the macro of AOSP that declares Type instead, "" for none.
	Declare string
	// Rule is the allow rule, or the macro of AOSP, that the source domain needs as well; "" if the label is enough.
	Rule string
	// Domain is the domain that a program is to run in, which init is to start; "" for other objects.
	Domain string
	// Usual says that AOSP has Domain and Type as a rule, as for its own HALs.
	Usual bool
	// System says that the program is one of the system, not of a vendor.
	System bool
	// Temporary says that the file has a name of the moment, of which no label can be made: that of its directory is.
	Temporary bool
	// Relabel says that the file has a label that the policy does not know, or none: it is to be labelled first.
	Relabel bool
	// Module says, with Relabel, that the file is one that a module of the device's owner (Magisk, KernelSU, APatch)
	// mounts over the system: no line of the image names it. Type is the label of the files there.
	Module bool
}

// Permit returns the change with a rule for other permissions, where it has an allow rule.
func (c *ImageChange) Permit(perms []string) *ImageChange {
	out, list := *c, strings.Join(perms, " ")
	if head, ok := strings.CutPrefix(c.Rule, "(allow "); ok {
		at := strings.LastIndexByte(head, '(')
		out.Rule = "(allow " + head[:at] + "(" + list + ")))"
		return &out
	}
	at := strings.LastIndexByte(c.Rule, ':')
	if !strings.HasPrefix(c.Rule, "allow ") || at < 0 {
		return &out
	}
	class, _, _ := strings.Cut(c.Rule[at:], " ")
	if len(perms) != 1 {
		list = "{ " + list + " }"
	}
	out.Rule = c.Rule[:at] + class + " " + list
	return &out
}

// isAndroid reports whether a context is of Android's form.
func isAndroid(context string) bool { return audit.AndroidContext(context) }

// ofAndroid reports whether a record is Android's: one context is enough, where the other is damaged.
func (g *Diagnoser) ofAndroid(a *audit.AVC) bool {
	source, target := isAndroid(a.SContext), isAndroid(a.TContext)
	return source && target || garbled(a) && (source || target || g.prose.Android > 0 &&
		!strings.HasSuffix(audit.ContextType(a.SContext), "_t") &&
		!strings.HasSuffix(audit.ContextType(a.TContext), "_t"))
}

// garbled reports whether a context of a record has no type that can be found.
func garbled(a *audit.AVC) bool {
	return a.SContext != "" && audit.ContextType(a.SContext) == "" ||
		a.TContext != "" && audit.ContextType(a.TContext) == ""
}

// isCILImage reports whether a context is of the form that policies in CIL of small images have, as that of OpenWrt:
// one user, one role and no level, for processes and objects, and types with the name of a block.
func isCILImage(context string) bool {
	parts := strings.Split(context, ":")
	return len(parts) == 3 && parts[0] == "u" && parts[1] == "r"
}

// ofImage notes who may change a policy that is a part of an image, and finds the change.
func (g *Diagnoser) ofImage(d *Diagnosis, a *audit.AVC, e *audit.Event) {
	switch {
	case d.Verdict == NowAllowed:
	case g.ofAndroid(a) && garbled(a):
		d.Image, d.Android = true, true
	case g.ofAndroid(a):
		d.Image, d.Android = true, true
		g.android(d, a)
		if d.Change != nil && g.beforeTreble(e) {
			d.Change.beforeTreble()
		}
	case isCILImage(a.SContext) && isCILImage(a.TContext) &&
		strings.Contains(audit.ContextType(a.SContext)+audit.ContextType(a.TContext), "."):
		d.Image = true
		cilImage(d, a)
	}
}

// Patcher lets the Diagnoser know the program that adds rules to the policy of a device while it runs, which a log
// names: see [audit.Stats].
func (g *Diagnoser) Patcher(name string) *Diagnoser {
	g.patcher = name
	return g
}

// cilImage finds the change in a policy in CIL that is a part of an image.
func cilImage(d *Diagnosis, a *audit.AVC) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	d.note(NoteImage, "this is a policy in CIL that is a part of the image, as that of OpenWrt: nothing is installed "+
		"with semodule or semanage on the device")
	if target == "unlabeled" {
		d.note(NoteMeaning, "unlabeled is the label of what has none, or one that the loaded policy does not know")
		d.Change = &ImageChange{Relabel: true}
		return
	}
	d.Change = &ImageChange{Rule: fmt.Sprintf("(allow %s %s (%s (%s)))", source, orSelf(a), a.TClass,
		strings.Join(a.Permissions, " "))}
	if source != target && slices.Contains(a.Permissions, "execute_no_trans") {
		d.note(NoteMeaning, "execute_no_trans is to run a program in the caller's own domain")
	}
}

// orSelf returns the target of a rule: "self" where the two contexts are the same.
func orSelf(a *audit.AVC) string {
	if a.SContext == a.TContext {
		return "self"
	}
	return audit.ContextType(a.TContext)
}
