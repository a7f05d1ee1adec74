package diagnose

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// android notes who may change the policy of Android, where no module is installed, and finds the change.
func (g *Diagnoser) android(d *Diagnosis, a *audit.AVC) {
	source, target := audit.ContextType(a.SContext), audit.ContextType(a.TContext)
	switch {
	case isApp(source) && target == "apk_data_file" && (a.Has("execute") || a.Has("execute_no_trans")):
		d.note(NoteAndroid, "this is Android, and apk_data_file is what an app's package brings: apps may run "+
			"programs from there by the policy of AOSP, so that a system that refuses it took that away; only its "+
			"image can change it")
	case isApp(source) && !mayFind(a):
		d.Sealed = true
		d.note(NoteAndroid, fmt.Sprintf("this is Android, and %s is the domain of apps: what apps may do is "+
			"fixed, and neverallow rules and the compatibility tests keep a rule out; the app has to use the API "+
			"of the system instead, and often the line is harmless", source))
	case g.patcher != "":
		d.note(NoteAndroid, "this is Android: the policy is a part of the image, where neverallow rules are checked "+
			"as it is built; what "+g.patcher+" adds on the device is not checked, and is lost without it")
	default:
		d.note(NoteAndroid, "this is Android: the policy is a part of the image, and nothing is installed on the "+
			"device; rules belong in the device's or vendor's sepolicy directory, where neverallow rules are checked "+
			"as the image is built")
	}
	switch {
	case a.TClass == "file" && a.Has("execute") && strings.HasSuffix(target, "_data_file") && target != "apk_data_file":
		d.Sealed = true
		d.note(NoteAndroid, fmt.Sprintf("%s is the label of what apps and services write: neverallow rules keep them "+
			"from running it; a program belongs into the image (/system, /vendor) or into the package of the app (its "+
			"libraries)", target))
		return
	case target == "su" || source == "su":
		d.note(NoteAndroid, "su is the domain of a rooted or a debug build: its tool is to bring the rules")
	case readableByAll(target) && fileKind(a.TClass) != 0 && only(a, "lock", "getattr"):
		d.Harmless = true
		d.note(NoteMeaning, fmt.Sprintf("all domains may read %s: a refused %s changes nothing for who reads the "+
			"file, so look for another cause where something fails", target, strings.Join(a.Permissions, " ")))
		return
	case otherProcess(a):
		d.Optional = true
		if a.Dev != "proc" {
			d.note(NoteMeaning, fmt.Sprintf("%s is a domain, so that this is a part of /proc/PID of a process that "+
				"runs as %s, and no file on a disk", target, target))
		}
	}
	if d.Sealed {
		return
	}
	for _, find := range []func(*audit.AVC) *ImageChange{changeOfProgram, changeOfService, changeOfProperty,
		changeOfFileSystem, changeOfObject} {
		if d.Change = find(a); d.Change != nil {
			break
		}
	}
	if d.Change == nil {
		d.Change = &ImageChange{Rule: rule(a)}
		if otherProcess(a) {
			d.Change.Rule = fmt.Sprintf("r_dir_file(%s, %s)", source, target)
		}
	}
	noteChange(d, a)
}

// noteChange notes why a label comes before a rule, and what the name of an object does not tell.
func noteChange(d *Diagnosis, a *audit.AVC) {
	target := audit.ContextType(a.TContext)
	switch c := d.Change; {
	case c.Domain != "":
		d.Notes = slices.DeleteFunc(d.Notes, func(n Note) bool {
			return strings.HasPrefix(n.Text, "execute_no_trans ") // which is said better here
		})
		text := fmt.Sprintf("init starts a service in a domain of its own, which it finds by the label of the "+
			"program: %s has none, and a rule for it leads to execute_no_trans, which neverallow rules forbid to init",
			target)
		if target == "unlabeled" {
			text += "; on /vendor the label is as a rule one that the loaded policy does not know: policy and " +
				"image are to be of one build"
		}
		d.note(NoteMeaning, text)
	case c.Relabel:
		d.note(NoteMeaning, "unlabeled is the label of what has none, or one that the loaded policy does not know")
	case c.File != "":
		d.note(NoteMeaning, fmt.Sprintf("%s is the label of all that no line of %s names", target, c.File))
	}
	if isPropertyFile(a) {
		text := fmt.Sprintf("the file holds all properties of the type %s (getprop -Z lists them)", target)
		if isDefaultProperty(target) {
			text += ": the record does not tell which one, \"Access denied finding property\" in logcat does"
		}
		d.note(NoteMeaning, text)
	}
}

// isApp reports whether a domain is one that Android runs apps in.
func isApp(domain string) bool {
	for _, prefix := range []string{"untrusted_app", "isolated_app", "ephemeral_app", "sdk_sandbox",
		"isolated_compute_app"} {
		if strings.HasPrefix(domain, prefix) {
			return true
		}
	}
	return false
}

// mayFind reports whether an app asks for a service that the policy of an image may open to apps. Isolated apps and
// sandboxes have a short list of services that neverallow rules close, and vndbinder is for vendors' processes alone.
func mayFind(a *audit.AVC) bool {
	source := audit.ContextType(a.SContext)
	return (a.TClass == "service_manager" || a.TClass == "hwservice_manager") && only(a, "find") &&
		!isVendorService(audit.ContextType(a.TContext)) && !strings.HasPrefix(source, "isolated_") &&
		!strings.HasPrefix(source, "sdk_sandbox")
}

// readableByAll reports whether a type is a label of the image that all domains may read.
func readableByAll(typ string) bool {
	return slices.Contains([]string{"system_file", "system_lib_file", "system_font_file", "system_linker_exec",
		"zoneinfo_data_file", "system_zoneinfo_file"}, typ)
}

// otherProcess reports whether a denial is about a file in /proc/PID of a process of another domain.
func otherProcess(a *audit.AVC) bool {
	return (a.TClass == "file" || a.TClass == "dir" || a.TClass == "lnk_file") && ofProcess(a.TContext) &&
		audit.ContextType(a.SContext) != audit.ContextType(a.TContext) && !changesFile(a) &&
		(a.Dev == "proc" || a.Dev == "" && a.Name == "" && a.Path == "" || strings.HasPrefix(a.Path, "/proc/"))
}

// rule returns the allow rule for a denial, in the language of AOSP's policy.
func rule(a *audit.AVC) string {
	perms := strings.Join(a.Permissions, " ")
	if len(a.Permissions) != 1 {
		perms = "{ " + perms + " }"
	}
	return fmt.Sprintf("allow %s %s:%s %s", audit.ContextType(a.SContext), orSelf(a), a.TClass, perms)
}

// identifier makes a name for a type of a text.
func identifier(text string) string {
	const longest = 48
	var b strings.Builder
	gap := false
	for _, c := range []byte(strings.ToLower(text)) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if gap && b.Len() > 0 {
				b.WriteByte('_')
			}
			gap = false
			b.WriteByte(c)
		} else {
			gap = true
		}
		if b.Len() >= longest {
			break
		}
	}
	if b.Len() == 0 {
		return "NAME"
	}
	return b.String()
}

// pattern returns the regular expression of file_contexts for a path; a directory has all in it.
func pattern(name, class string) string {
	if vendor, ok := strings.CutPrefix(name, "/system/vendor/"); ok {
		name = "/vendor/" + vendor
	}
	name = regexp.QuoteMeta(path.Clean(name))
	if rest, ok := strings.CutPrefix(name, "/vendor/"); ok {
		name = "/(vendor|system/vendor)/" + rest
	}
	if class == "dir" {
		name += "(/.*)?"
	}
	return name
}
