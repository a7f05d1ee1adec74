package say

import (
	"cmp"
	"path"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// verdict describes the refusal in a sentence, with the mark of today's answer.
func (l *Log) verdict(it *incident.Finding) (mark, text string) {
	d := it.Denial
	source := "?"
	switch {
	case it.AVC != nil:
		source = audit.ContextType(it.AVC.SContext)
		if d.WasSource != "" {
			source = l.policy().TypeName(policy.TypeID(d.Source.Type))
		}
	case it.Error != nil:
		source = audit.ContextType(cmp.Or(it.Error.SContext, it.Error.TaskContext, it.Error.OldContext))
	}
	if source == "" && it.Error != nil {
		for _, f := range it.Error.Fields {
			if f.Key == "exe" && strings.HasPrefix(f.Value, "/") {
				source = path.Base(f.Value)
			}
		}
	}
	if source == "" {
		source = "a program"
	}
	switch d.Verdict {
	case diagnose.StillDenied:
		return "NO", source + " may not " + l.deed(it)
	case diagnose.NowAllowed:
		if d.Blocked() {
			return "NO", source + " may not " + l.deed(it) + ", though not for this reason any more"
		}
		return "YES", source + " may " + l.deed(it) + " today"
	case diagnose.OnlyLogged:
		return "YES", source + " may " + l.deed(it) + ": refused, but only logged (permissive)"
	case diagnose.NotAsked:
		return "YES", source + " may " + l.deed(it) + " on this host"
	}
	if it.OnlyLogged > 0 && it.OnlyLogged == it.Count {
		return "?", source + " was to be refused, and only logged: " + l.deed(it)
	}
	return "?", source + " was refused: " + l.deed(it)
}

// deed describes the refused action, as words that follow "may not".
func (l *Log) deed(it *incident.Finding) string {
	d := it.Denial
	port := words.Sprintf("%s/%d", d.Protocol, d.Port)
	if d.Protocol == "" { // the kernel has no such class
		port = words.Sprintf("port %d", d.Port)
	}
	if d.Addr.IsValid() {
		port = targetOf(d.Protocol, d.Addr, d.Port)
	}
	if d.Port == 0 && (d.Hook == diagnose.HookNameConnect || d.Hook == diagnose.HookNameBind) {
		port = l.unnumbered(it)
	}
	switch d.Hook {
	case diagnose.HookNameConnect:
		return "connect to " + port
	case diagnose.HookNameBind:
		return "bind " + port
	case diagnose.HookNodeBind:
		if !d.Addr.IsValid() {
			return words.Sprintf("bind any address (%s)", port)
		}
		return "bind " + port
	case diagnose.HookCapability:
		if len(d.Permissions) > 1 {
			return "use the capabilities " + strings.Join(d.Permissions, " and ")
		}
		return "use the capability " + strings.Join(d.Permissions, "")
	case diagnose.HookModule:
		return "have the kernel load the module " + it.AVC.KMod
	case diagnose.HookError:
		switch {
		case it.Error.InvalidContext != "" && d.Class == "process":
			return "become " + it.Error.InvalidContext
		case it.Error.NewContext != "" && it.Error.TaskContext != "":
			return "relabel a " + d.Class + " from " + it.Error.OldContext + " to " + it.Error.NewContext
		case it.Error.NewContext != "":
			return "become " + it.Error.NewContext
		case it.Error.InvalidContext != "" && d.Class == "":
			return "use the label " + it.Error.InvalidContext + " (" + it.Error.Op + ")"
		case it.Error.InvalidContext != "":
			return "make an object of class " + d.Class + " labelled " + it.Error.InvalidContext
		}
		if it.Error.Op == audit.OpUnknownClass || it.Error.Op == audit.OpUnknownPermission {
			return unknownNameText(it.Error, d.Verdict == diagnose.NowAllowed)
		}
		if it.Error.Op == audit.OpNetlinkMessage {
			return "send a netlink message" + netlinkText(it.Error)
		}
		if len(d.Permissions) == 0 {
			return shorten(it.Error.Text)
		}
		return Perms(d.Permissions) + " " + audit.ContextType(it.Error.TContext) + ":" + d.Class + " (" +
			it.Error.Op + ")"
	}
	text := Perms(d.Permissions) + " " + l.object(it) + ":" + d.Class
	switch {
	case it.AVC.Netif != "":
		text += " through " + it.AVC.Netif
	case len(it.Objects) > 0:
		text += " (" + objectNames(it) + ")"
	case it.AVC.Path != "":
		text += " (" + it.AVC.Path + ")"
	}
	switch {
	case it.AVC.IoctlCmd != nil:
		text += words.Sprintf(", command %#x", *it.AVC.IoctlCmd)
	case it.AVC.NlmsgType != nil:
		text += words.Sprintf(", message type %d", *it.AVC.NlmsgType)
	}
	if d.Port != 0 {
		if d.Protocol == "" {
			return words.Sprintf("%s, port %d", text, d.Port)
		}
		return text + ", " + port
	}
	return text
}

// objectNames returns the names of the files, only a few of many.
func objectNames(it *incident.Finding) string {
	const shown = 2
	text := strings.Join(it.Objects[:min(shown, len(it.Objects))], ", ")
	switch n := len(it.Objects) - shown; {
	case it.MoreObjects:
		text += " and others"
	case n > 0:
		text += " and " + Plural(n, "other")
	}
	return text
}

// unknownNameText names the class or permission that a program did not find in the loaded policy;
// past says that this policy has it.
func unknownNameText(x *audit.SELinuxError, past bool) string {
	text := "ask for permissions of class " + x.TClass
	if len(x.Permissions) > 0 {
		text = words.Sprintf("ask for %s of class %s", Perms(x.Permissions), x.TClass)
	}
	if past {
		return text
	}
	return text + ", which the loaded policy did not have"
}

// netlinkText names the message that the kernel did not know.
func netlinkText(x *audit.SELinuxError) string {
	text := ""
	if number := incident.MessageType(x); number != "" {
		text = " of type " + number
	}
	if x.TClass != "" {
		text += " over a socket of class " + x.TClass
	}
	return text
}

// unnumbered describes a port without a number in the record, by its label and by the service name
// that an interpreted log has instead.
func (l *Log) unnumbered(it *incident.Finding) string {
	text := "a port"
	if it.Denial.Protocol != "" {
		text = "a " + string(it.Denial.Protocol) + " port"
	}
	if label := audit.ContextType(it.AVC.TContext); label != "" {
		text += " labelled " + label
	}
	for _, f := range it.AVC.Fields {
		if (f.Key == "src" || f.Key == "dest") && f.Value != "0" {
			return text + ", which the record calls " + f.Value
		}
	}
	return text
}

func (l *Log) object(it *incident.Finding) string {
	object := audit.ContextType(it.AVC.TContext)
	if it.Denial.Label != nil {
		object = l.policy().TypeName(policy.TypeID(it.Denial.Target.Type))
	}
	if it.AVC.SContext == it.AVC.TContext {
		return "self"
	}
	if object == "" && it.AVC.TContext != "" {
		return "(garbled)"
	}
	return object
}
