package say

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// imageFix says what to do first about a denial by a policy that is a part of an image.
func (l *Log) imageFix(it *incident.Finding) string {
	d := it.Denial
	if it.AVC == nil {
		return "a policy and an image of one build: the type of the label is to be declared in the policy that is " +
			"loaded, and then the file gets its label again"
	}
	onDevice := l.onDevice(it)
	switch c := d.Change; {
	case d.Harmless:
		return harmless
	case c == nil && !d.Sealed:
		return "none before both types are known: the line of logcat itself, ls -Zd of the object and ps -Z on the " +
			"device show them"
	case (d.Sealed || c == nil) && it.AVC.Has("execute") && strings.HasSuffix(audit.ContextType(it.AVC.TContext),
		"_data_file"):
		return "no rule: what is to be run belongs into the image (/system, /vendor; of a jar what dexpreopt makes), " +
			"or into the package of the app"
	case d.Sealed || c == nil:
		return sealed
	case c.Module:
		return words.Sprintf("a label for the files that are mounted there, as modules of Magisk, KernelSU and APatch "+
			"do, in the install script: set_perm FILE OWNER GROUP MODE u:object_r:%s:s0, or chcon u:object_r:%s:s0 "+
			"FILE; an image without labels: the mount option context=u:object_r:%s:s0; no rule for unlabeled, which "+
			"is the label of all such files", c.Type, c.Type, c.Type)
	case c.Relabel && !d.Android:
		return words.Sprintf("its label first: %s on the device, or setfiles with the file_contexts of the same "+
			"policy as the image is built; a rule only for what is refused then", restoreTree(it))
	case c.Relabel:
		return words.Sprintf("its label first: restorecon_recursive %s in an .rc file for what is on /data or another "+
			"disk that is written, or an image and a policy of one build; no rule for unlabeled", pathOr(c.Name))
	case c.Temporary:
		return words.Sprintf("a label for the directory that it is made in (a line of file_contexts for DIR(/.*)?, "+
			"and a "+
			"type with what type %s has): the name is a temporary one, of which no label can be made, and the record "+
			"does "+
			"not have the directory; no rule for %s", audit.ContextType(it.AVC.TContext),
			audit.ContextType(it.AVC.TContext))
	case c.Domain != "":
		return domainFix(c, audit.ContextType(it.AVC.TContext))
	case c.File != "":
		text := labelFix(it)
		if onDevice != "" {
			text += words.Sprintf("; %s, which opens all that has the label %s", onDevice,
				audit.ContextType(it.AVC.TContext))
		}
		return text
	}
	return imageRule(it, onDevice)
}

// imageRule says what rule an image is to have, where no label comes before it.
func imageRule(it *incident.Finding, onDevice string) string {
	d, c := it.Denial, it.Denial.Change
	text := ""
	switch {
	case c.Type != "" && it.AVC.TClass == "service_manager":
		text = words.Sprintf("a rule in the policy that the image is built with, if apps are to find the service: the "+
			"attribute %s for %s, or %s", strings.Join(c.Attributes, " "), c.Type, c.Rule)
	case c.Type != "":
		return words.Sprintf("the attribute of the file system for the label of the file: type %s, %s", c.Type,
			strings.Join(c.Attributes, ", "))
	case !d.Android:
		text = words.Sprintf("a rule in the CIL that the image is built with: %s", c.Rule)
		if it.AVC.TContext != it.AVC.SContext {
			text += ", if the label is right"
		}
	default:
		text = words.Sprintf("a rule in the policy that the image is built with, if its neverallow rules leave room: "+
			"%s in %s.te", c.Rule, audit.ContextType(it.AVC.SContext))
	}
	if onDevice != "" {
		text += "; " + onDevice
	}
	if d.Optional {
		text = optional + "; else " + text
	}
	return text
}

// labelFix says which line names an object, and what the image needs besides.
func labelFix(it *incident.Finding) string {
	c := it.Denial.Change
	target := audit.ContextType(it.AVC.TContext)
	line := words.Sprintf("%s u:object_r:%s:s0", nameOr(c), c.Type)
	if c.File == "genfs_contexts" {
		line = words.Sprintf("genfscon %s %s u:object_r:%s:s0", c.Kind, nameOr(c), c.Type)
		if c.Name == "" {
			line += words.Sprintf(" (PATH as it is in the %s)", c.Kind)
		}
	}
	text := words.Sprintf("a label of its own in %s: %s", c.File, line)
	if len(it.Objects) > 1 && c.Name != "" {
		text += " (a line for each name)"
	}
	var more []string
	switch {
	case len(c.Attributes) > 0:
		more = append(more, words.Sprintf("type %s, %s", c.Type, strings.Join(c.Attributes, ", ")))
	case c.Declare != "":
		more = append(more, words.Sprintf("%s in property.te", c.Declare))
	case c.File == "property_contexts":
		more = append(more, words.Sprintf("%s declared in property.te", c.Type))
	}
	if c.Rule != "" {
		more = append(more, words.Sprintf("%s in %s.te", c.Rule, audit.ContextType(it.AVC.SContext)))
	}
	if len(more) > 0 {
		text += "; with " + strings.Join(more, ", and ")
	}
	return text + words.Sprintf("; no rule for %s", target)
}

// domainFix says how a program gets a domain that init starts it in.
func domainFix(c *diagnose.ImageChange, target string) string {
	text := words.Sprintf("a domain for the service: %s u:object_r:%s:s0 in file_contexts", nameOr(c), c.Type)
	attributes := "domain"
	if c.System {
		attributes = "domain, coredomain"
	}
	declare := words.Sprintf("type %s, %s; type %s, %s; init_daemon_domain(%s)", c.Domain, attributes, c.Type,
		strings.Join(c.Attributes, ", "), c.Domain)
	if c.Usual {
		text += words.Sprintf("; if the policy has no domain %s yet, in %s.te: %s", c.Domain, c.Domain, declare)
	} else {
		text += words.Sprintf(", and in %s.te: %s", c.Domain, declare)
	}
	if target == "unlabeled" {
		text = "a policy and an image of one build, where the policy has a label for the program; else " + text
	}
	return text + "; or seclabel in its .rc, for a domain that there is"
}

// nameOr returns what a line of labels begins with.
func nameOr(c *diagnose.ImageChange) string {
	switch {
	case c.Name != "":
		return c.Name
	case c.File == "service_contexts" || c.File == "hwservice_contexts" || c.File == "vndservice_contexts":
		return "SERVICE"
	case c.File == "property_contexts":
		return "PROPERTY"
	}
	return "PATH"
}

func pathOr(name string) string {
	if name == "" {
		return "PATH"
	}
	return name
}

// restoreTree is the command that gives a file its label, and all in it if it is a directory.
func restoreTree(it *incident.Finding) shell.Command {
	cmd := shell.New("restorecon")
	if it.AVC.TClass == "dir" {
		cmd = cmd.Flag("-R")
	}
	name := "PATH"
	if f := it.Denial.File; f != nil && f.Path != "" {
		name = f.Path
	} else if strings.HasPrefix(it.AVC.Path, "/") {
		name = it.AVC.Path
	}
	return cmd.Flag("-v").Arg(name)
}

// onDevice says how a rule is added on a device whose policy a program of the log can change, "" where none is named.
func (l *Log) onDevice(it *incident.Finding) string {
	patcher := l.Report.Log.Stats.Patcher
	if patcher == "" || !it.Denial.Android {
		return ""
	}
	perms := strings.Join(it.Denial.Permissions, " ")
	if len(it.Denial.Permissions) > 1 {
		perms = "{ " + perms + " }"
	}
	rule := words.Sprintf("allow %s %s %s %s", audit.ContextType(it.AVC.SContext), audit.ContextType(it.AVC.TContext),
		it.AVC.TClass, perms)
	command := shell.New("magiskpolicy", "--live")
	if patcher == "KernelSU" {
		command = shell.New("ksud", "sepolicy", "patch")
	}
	return words.Sprintf("on the device, until a restart: %s (for good: the same rule in sepolicy.rule of a module)",
		command.Arg(rule))
}
