package say

import (
	"iter"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// toolRemark returns what an error of SELinux's tools means; false for other remarks.
func (l *Log) toolRemark(m *audit.Remark, name func(int) string) (text RemarkText, ok bool) {
	switch m.Code {
	case audit.RemarkLabelHandle:
		return labelHandle(name(0), name(1)), true
	case audit.RemarkPolicyNotLoaded:
		return RemarkText{
			Head: "the policy could not be loaded at boot",
			Why: "SELinux is to enforce, and the policy of SELINUXTYPE= in /etc/selinux/config is missing, " +
				"damaged or of a version that the kernel does not know: systemd then stops",
			Fix: "boot with enforcing=0 on the kernel's command line; look at SELINUXTYPE= and at " +
				"/etc/selinux/SELINUXTYPE/policy/policy.*; reinstall the policy package (selinux-policy-targeted, " +
				"selinux-policy-default on Debian) or build it again (semodule -B); then touch /.autorelabel and " +
				"boot without enforcing=0",
		}, true
	case audit.RemarkUnresolved:
		return l.unresolved(name), true
	case audit.RemarkRequireBlock:
		return l.requireBlock(m.Names), true
	case audit.RemarkUnbuilt:
		return RemarkText{
			Head: "the policy could not be built, so nothing was changed",
			Why:  "this is the last line of the error; the ones before it name the module or the record",
			Fix:  "run semodule -B by hand and read the lines before: they name the module and the line",
			Next: shell.New("semodule", "-B"),
		}, true
	case audit.RemarkOtherMLS:
		return otherMLS(name(0)), true
	case audit.RemarkLocalContext:
		return l.localContext(name(0), name(1)), true
	case audit.RemarkOtherVersion:
		return otherVersion(name), true
	case audit.RemarkUnknownName:
		return l.unknownName(name(0), name(1), name(2)), true
	case audit.RemarkSyntax:
		return syntax(name(0), name(1), name(2)), true
	case audit.RemarkNeverallow:
		return neverallow(name(0)), true
	case audit.RemarkNoStore:
		return RemarkText{
			Head: "the policy store cannot be used: no denial by itself",
			Why: "its directories are for root alone, and it is there only if a policy package is installed for " +
				"SELINUXTYPE= of /etc/selinux/config; Debian and Ubuntu have AppArmor in force by default, and no " +
				"such package",
			Fix: "run it as root (sudo), on the host and not in a container; as root look whether " +
				"/var/lib/selinux/SELINUXTYPE is there and writable, and install the policy package if it is not",
			Next: shell.New("sestatus"),
		}, true
	case audit.RemarkNeverBuilt:
		return RemarkText{
			Head: "the store has no policy that was built (policy.kern is missing)",
			Why: "SELinux was not set up for it, or no build has succeeded; what is to be changed needs that " +
				"policy. Debian and Ubuntu have AppArmor in force by default",
			Fix: "look whether SELinux is in use at all (next); if it is to be, install the policy package " +
				"(selinux-policy-default on Debian) and build the store: semodule -B",
			Next: shell.New("sestatus"),
		}, true
	case audit.RemarkDefined:
		return l.recorded(name(0), name(1)), true
	case audit.RemarkWrongType:
		return l.wrongType(name(0), name(1)), true
	case audit.RemarkNoBoolean:
		return l.noBoolean(name(0)), true
	case audit.RemarkBooleansKept:
		return RemarkText{
			Head: "the kernel did not take the values of the booleans",
			Why:  "it takes root, SELinux to be on, and in a container the host",
			Fix:  "run setsebool -P as root on the host; sestatus tells whether SELinux is on",
			Next: shell.New("sestatus"),
		}, true
	case audit.RemarkNoEntry:
		return RemarkText{
			Head: words.Sprintf("no label is known for %s (file_contexts): it stays as it is", name(0)),
			Why: "so it is for what is made anew at each boot or by programs (/tmp, /proc, /sys, files of " +
				"containers); nothing is wrong by itself",
			Fix: words.Sprintf("nothing, if the label is right (next); else an entry of its own: %s; %s",
				shell.New("semanage", "fcontext", "-a").Option("-t", "TYPE").Arg(name(0)),
				shell.New("restorecon", "-v").Arg(name(0))),
			Next: shell.New("ls", "-Zd").Arg(name(0)),
		}, true
	case audit.RemarkNoLabels:
		return noLabels(name(0)), true
	case audit.RemarkNoBindings:
		return RemarkText{
			Head: "Ansible needs the Python module of libselinux on the host that it manages: SELinux refused nothing",
			Why: "SELinux is on there, and Ansible sets labels with that module; the Python that Ansible runs there " +
				"(ansible_python_interpreter) does not have it",
			Fix: "install it there: python3-libselinux (Fedora, RHEL 8 and later), libselinux-python (RHEL 7), " +
				"python3-selinux (Debian); for a virtualenv or a Python of one's own point " +
				"ansible_python_interpreter to the system's Python (/usr/bin/python3)",
		}, true
	}
	return text, false
}

func labelHandle(program, reason string) RemarkText {
	if program == "" {
		program = "a program"
	}
	text := RemarkText{
		Head: words.Sprintf("%s could not read which labels files are to have: no denial", program),
		Why: "SELinux is on in the kernel, and the program needs " +
			"/etc/selinux/SELINUXTYPE/contexts/files/file_contexts; it ends where SELinux enforces",
		Fix: "look at SELINUXTYPE= in /etc/selinux/config and whether that file is there; install its policy " +
			"package (selinux-policy-targeted; selinux-policy-default on Debian), touch /.autorelabel and reboot; " +
			"or, if SELinux is not wanted, selinux=0 on the kernel's command line",
		Next: shell.New("sestatus"),
	}
	switch reason {
	case "No such file or directory":
		text.Why = strings.Replace(text.Why, "and the program needs", "and what the program needs is missing:", 1)
	case "Permission denied":
		text.Why = strings.Replace(text.Why, "and the program needs", "and the program may not read", 1)
		text.Fix = "look at labels, owner and mode of that file (restorecon -Rv /etc/selinux), and for a denial " +
			"in the audit log: ausearch -m avc -ts boot"
	}
	return text
}

// unresolved describes a statement of CIL with a name that the policy does not have.
func (l *Log) unresolved(name func(int) string) RemarkText {
	statement, file, line, module, priority := name(0), name(1), name(2), name(3), name(4)
	what := words.Sprintf("line %s of %s", line, file)
	if module != "" {
		what = words.Sprintf("line %s of the module %s (priority %s)", line, module, priority)
	}
	text := RemarkText{
		Head: words.Sprintf("the policy was not built: %s names what the policy does not have", what),
		Why: words.Sprintf("a name of the statement %s is not declared by any module: the package that has it is "+
			"missing, older or newer than this module was made for", statement),
	}
	if statement == "typeattributeset" || statement == "roleattributeset" || statement == "booleanif" {
		text.Why = words.Sprintf("a type, role or boolean in the statement %s is not declared by any module (in a "+
			"module made of a .te or .pp: one of its require block): the package that has it is missing, older or "+
			"newer than this module was made for", statement)
	}
	text.Fix = "look at that line, and install or update the package that declares the name"
	if typ := l.required(); typ != "" && module != "" {
		stem := strings.TrimRight(strings.TrimSuffix(typ, "_t"), "d")
		text.Head = words.Sprintf("the policy was not built: the module %s (priority %s) requires %s, which the "+
			"policy there does not have", module, priority, typ)
		text.Why = words.Sprintf("the line that the text quotes requires %s: the module that declares it is not in "+
			"that store, or not in its policy", typ)
		text.Fix = words.Sprintf("look whether the store has that module (next; as a rule it has a name like %s), and "+
			"install or update the policy package, which brings it; do not declare %s yourself", stem, typ)
		text.Next = shell.New("semodule", "-lfull")
		if _, has := l.policy().Type(typ); has {
			text.Why += "; the policy asked here has it"
		} else {
			text.Why += words.Sprintf("; the policy asked here has no %s either", typ)
			text.Fix = words.Sprintf("if the module was made for another distribution, its rules for %s belong in an "+
				"optional block, or name the type that the files have there (%s), and it is built for that policy; "+
				"else "+
				"look whether the store has the module that declares it (next; its name may be like %s), and install "+
				"or "+
				"update the policy package, which brings it; do not declare %s yourself", typ,
				shell.New("matchpathcon", "FILE"), stem, typ)
		}
		module = ""
	}
	if module != "" {
		text.Fix = words.Sprintf("look at that line (of a module that is installed: %s writes it to a file; of a new "+
			"one: %s); install or update the package that declares the name, or build the module for this policy; if "+
			"the module is a left-over, remove it: %s", shell.New("semodule", "-c").Option("-E", module),
			shell.New("/usr/libexec/selinux/hll/pp", "FILE.pp"),
			shell.New("semodule").Option("-X", priority).Option("-r", module))
	}
	if strings.Contains(file, "/selinux/default/") || l.Report.Log.Says(audit.RemarkOtherSystem) > 0 {
		text.Why += "; on Debian and Ubuntu AppArmor is in force by default (sestatus tells): where SELinux is " +
			"not in use the module is not needed"
	}
	return text
}

// required returns the only type that a quoted statement of a module requires, "" for none or several.
func (l *Log) required() (name string) {
	for _, m := range l.Report.Log.Remarks {
		if m.Code != audit.RemarkRequired {
			continue
		}
		if name != "" {
			return ""
		}
		name = m.Names[0]
	}
	return name
}

func otherMLS(levels string) RemarkText {
	text := RemarkText{
		Head: "the module and the policy do not fit: the policy has levels (MLS), the module was made without",
		Why: "nearly all policies have levels (s0). checkmodule makes a module with them only by -M; older " +
			"versions of semanage permissive -a and audit2allow -M make one as the running kernel has it, so " +
			"where SELinux is disabled without",
		Fix: "run it only where SELinux is on (in Ansible: when ansible_selinux.status is 'enabled'), or enable " +
			"SELinux first; for a module of one's own: checkmodule -M -m. No rule is missing, and nothing is " +
			"wrong in the policy",
		Next: shell.New("sestatus"),
	}
	if levels == "module" {
		text.Head = "the module and the policy do not fit: the module has levels (MLS), the policy has none"
		text.Why = "checkmodule -M makes modules with levels; this policy was built without (sestatus: MLS status)"
		text.Fix = "build the module without -M, or for the policy of this host"
	}
	return text
}

// localContext describes a local record whose context the policy does not know.
func (l *Log) localContext(kind, value string) RemarkText {
	list := shell.New("semanage", "export")
	text := RemarkText{
		Head: words.Sprintf("a record of semanage names the %s %s, which the policy does not have", kind, value),
		Why: "a port, a file context or another local record has it; the module that declared it was removed or " +
			"is not installed yet. As long as that is so no policy can be built",
		Fix: words.Sprintf("find the record (next; look for %s), and delete it (the same line of semanage with -d), "+
			"or install the module that has the %s", value, kind),
		Next: list,
	}
	switch kind {
	case "context":
		text.Head = words.Sprintf("a record has the context %s, which the policy does not allow", value)
		text.Why = "its user, role, type and level are not allowed together"
		text.Fix = "give the record another context (files and ports: system_u:object_r:TYPE:s0)"
	case "level":
		text.Head = "a record and the policy differ in levels (MLS)"
		text.Why = "a policy with levels wants one in each context (…:s0), a policy without wants none"
		text.Fix = "find the record (next) and write its context with a level, or without, as sestatus has MLS status"
	case "type":
		if _, has := l.policy().Type(value); has {
			text.Why += "; the policy asked here has that type"
		}
	}
	return text
}

func otherVersion(name func(int) string) RemarkText {
	version, oldest, newest := name(0), name(1), name(2)
	text := RemarkText{
		Head: words.Sprintf("the program reads policies of version %s to %s, and this file is of version %s", oldest,
			newest, version),
		Why: "the file was written by newer tools, or on another system; each program reads the versions that its " +
			"libsepol knows",
		Fix: "build the policy with the tools of this host (semodule -B), or update libsepol and the program " +
			"(setools, policycoreutils) so that they are of one release",
	}
	if name(3) == "module" {
		text.Head = words.Sprintf("the program reads modules of version %s to %s, and this module is of version %s",
			oldest, newest, version)
		text.Why = "the .pp was made on a newer system"
		text.Fix = words.Sprintf("make the .pp again from its .te on this host, or on the oldest host that has to "+
			"read it; or make it for version %s: %s", newest,
			shell.New("checkmodule").Option("-c", newest).Flag("-M", "-m"))
	}
	return text
}

// unknownName describes checkmodule's error about a name that is not declared.
func (l *Log) unknownName(kind, value, line string) RemarkText {
	text := RemarkText{
		Head: words.Sprintf("the module was not made: line %s of its source names the %s %s, which is not declared",
			line, kind, value),
		Why: "a module may use only what it declares itself or lists in its require block",
		Fix: words.Sprintf("if the policy has it, add it to the block require { %s %s; }; else the name is wrong, or "+
			"the module that declares it is not installed", kind, value),
	}
	p := l.policy()
	switch kind {
	case "class", "permission":
		text.Fix = "name the class and its permissions in the require block: class CLASS { PERMISSION ... }; a " +
			"permission that the policy does not have is one of a newer one"
	case "type":
		if _, ok := p.Type(value); ok {
			text.Fix = words.Sprintf("the policy asked here has it: add it to the block require { type %s; }", value)
		} else {
			text.Fix = words.Sprintf("the policy asked here does not have it: declare it (type %s;) if it is to be "+
				"new, install the module that has it, or correct the name%s", value, didYouMean(l.policy(), value))
		}
	}
	return text
}

// namesOf yields the names of symbols.
func namesOf[ID any](ids iter.Seq[ID], name func(ID) string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for id := range ids {
			if !yield(name(id)) {
				return
			}
		}
	}
}

// didYouMean names the types with the nearest names.
func didYouMean(p *policy.Policy, name string) string {
	list := policy.Nearest(name, namesOf(p.Types(), p.TypeName), 2)
	if len(list) == 0 {
		return ""
	}
	return " (similar: " + strings.Join(list, ", ") + ")"
}

func syntax(token, line, message string) RemarkText {
	text := RemarkText{
		Head: words.Sprintf("the module was not made: line %s of its source is not understood at %s (%s)", line,
			token, message),
		Why: "the error is there or in the statement before; the line is counted in what checkmodule reads, which " +
			"for a source with macros is after m4",
		Fix: "look for a missing ; or } before it",
	}
	if strings.Contains(token, "_") && !strings.HasSuffix(token, "_t") {
		text.Why = words.Sprintf("%s looks like an interface of refpolicy, which checkmodule alone does not know; or "+
			"a ; or } is missing before it", token)
		text.Fix = "build it with refpolicy's Makefile: make -f /usr/share/selinux/devel/Makefile NAME.pp (packages " +
			"selinux-policy-devel; selinux-policy-dev on Debian); or expand the interfaces: senet module --help"
	}
	return text
}

func neverallow(rule string) RemarkText {
	text := RemarkText{
		Head: "the policy was not built: a rule is one that a neverallow rule of the policy forbids",
		Why: "its authors hold such an access for dangerous in general: mostly there is another way, and the rule " +
			"is wider than what was asked for",
		Fix: "take the rule out of the module, and give the file or the program a label of its own for which the " +
			"access is allowed; where the domain is to be an exception, an interface of refpolicy gives it the " +
			"attribute that the neverallow rule leaves out",
	}
	if rule != "" {
		text.Head = words.Sprintf("the policy was not built: a neverallow rule of the policy forbids %s", rule)
	}
	return text
}

// recorded describes semanage's error about a record that exists.
func (l *Log) recorded(kind, key string) RemarkText {
	what := map[string]string{"port": "the port " + key, "fcontext": "the pattern " + key, "login": "the login " + key,
		"user": "the SELinux user " + key, "interface": "the interface " + key}[kind]
	text := RemarkText{
		Head: words.Sprintf("%s has a record already: nothing was changed, and nothing was refused", what),
		Why:  "semanage -a adds a record, and the policy or an earlier command has one for it",
		Fix:  "look whether it has the label that is wanted (next): then nothing is to be done; else -m in place of -a",
		Next: shell.New("semanage", kind, "-l"),
	}
	if protocol, port, ok := strings.Cut(key, "/"); ok && kind == "port" {
		text.Fix = words.Sprintf("look at its type (next): if it is one that the service may use, nothing is to be "+
			"done; else %s", shell.New("semanage", "port", "-m").Option("-t", "TYPE").Option("-p", protocol).Arg(port))
		if label := l.portType(protocol, port); label != "" {
			text.Why += words.Sprintf("; in the policy asked here it is %s", label)
		}
	}
	return text
}

// portType returns the type of a port in the policy, "" if the words are none of a port.
func (l *Log) portType(protocol, port string) string {
	number, err := strconv.ParseUint(port, 10, 16)
	kind, ok := network.SocketOf(network.Protocol(protocol))
	if err != nil || !ok || kind.PortProtocol == 0 {
		return ""
	}
	p := l.policy()
	return p.TypeName(policy.TypeID(p.PortLabel(kind.PortProtocol, uint16(number)).Context.Type))
}

// wrongType describes semanage's error about a type that lacks an attribute.
func (l *Log) wrongType(name, kind string) RemarkText {
	text := RemarkText{
		Head: words.Sprintf("%s is no %s: semanage changed nothing", name, kind),
		Why:  "records are for the types that the policy has for them (port_type, file_type, node_type ...)",
		Fix:  "choose a type of that kind",
	}
	if _, ok := l.policy().Type(name); !ok {
		text.Why = words.Sprintf("the policy asked here has no type %s: the module that declares it is not "+
			"installed, or the name is wrong%s", name, didYouMean(l.policy(), name))
		text.Fix = "install the module first, or choose another type"
	}
	if strings.HasPrefix(kind, "port") {
		text.Fix += " (next lists those of ports)"
		text.Next = shell.New("semanage", "port", "-l")
	}
	return text
}

// noBoolean describes the error about a boolean that the policy lacks.
func (l *Log) noBoolean(name string) RemarkText {
	text := RemarkText{
		Head: "the policy has no such boolean: nothing was changed",
		Why:  "the name is wrong, it has another name in this version of the policy, or its module is not installed",
		Fix:  "look for it: getsebool -a",
		Next: shell.New("senet", "bool").With(l.PolicyAgain),
	}
	if name == "" {
		return text
	}
	text.Head = words.Sprintf("the policy has no boolean %s: nothing was changed", name)
	if _, ok := l.policy().Bool(name); ok {
		text.Why = "the policy asked here has it: that of the host is another, or older"
	} else if list := policy.Nearest(name, namesOf(l.policy().Bools(), l.policy().BoolName), 2); len(list) > 0 {
		text.Fix = words.Sprintf("similar names: %s", strings.Join(list, ", "))
	}
	return text
}

func noLabels(file string) RemarkText {
	where := "there"
	if file != "" {
		where = "at " + file
	}
	return RemarkText{
		Head: words.Sprintf("the file system %s keeps no labels of files: no denial", where),
		Why: "vfat, exfat, ntfs, most FUSE file systems, and NFS and CIFS as a rule have one label for the whole " +
			"mount; so has a mount with context=",
		Fix: "give the label with the mount: the option context=\"system_u:object_r:TYPE:s0\" in /etc/fstab, " +
			"umount, mount; for NFS and CIFS there are booleans too (getsebool -a | grep use_)",
		Next: shell.New("findmnt", "-T").Arg(file),
	}
}
