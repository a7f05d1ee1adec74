package say

import (
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/internal/words"
)

// Gap describes a name that the policy lacks, or a fact that the line lacks.
func Gap(g diagnose.Gap) string {
	switch g.Kind {
	case diagnose.NoType:
		return "the type " + g.Name
	case diagnose.IsAttribute:
		return g.Name + " is an attribute of the policy, and denials are between types: this is a rule of the " +
			"source of a policy, and for no denial"
	case diagnose.NoSource, diagnose.NoTarget, diagnose.NoTask:
		if g.Name == "" {
			return "the " + string(g.Kind) + " context, which the record does not have"
		}
		return "the " + string(g.Kind) + " " + g.Name
	case diagnose.Garbled:
		return words.Sprintf("the context %s is garbled", g.Name)
	case diagnose.NoPermission:
		return "the permission " + g.Name + " of " + g.Class + ", which has no name"
	case diagnose.NoLevel:
		if diagnose.IsLevelName(g.Name) {
			return words.Sprintf("the name %s of a level, which setrans.conf of that host explains; its types are "+
				"allowed the access at one level", g.Name)
		}
		return words.Sprintf("the level %s; its types are allowed the access at one level, and a policy with more "+
			"levels compares the two: a process reads what is not above its level, and writes what is at its level",
			g.Name)
	case diagnose.NotReal:
		return "the permission " + g.Name + " of class " + g.Class +
			", which no kernel has: the record is damaged, or from a policy with its own classes"
	case diagnose.Cut:
		return words.Sprintf(
			"the class is cut off, %q; %s is the only class that begins so and has the refused permissions, and it "+
				"is allowed today", g.Name, g.Class)
	case diagnose.NoClass:
		return "the class of what was refused (tclass=), which the record lacks and the whole line has"
	case diagnose.NoProgram:
		return "which program it was"
	case diagnose.NoDomain:
		if g.Class == "entrypoint" {
			return "the domain that " + g.Name + " was to start the program in, which is the one that was refused"
		}
		return "the domain that " + g.Name + " runs in (ps -eZ shows it)"
	case diagnose.NoCaller:
		return "the domain of who started " + g.Name + " (id -Z shows one's own)"
	case diagnose.NoPlace:
		return "in which directory " + g.Name + " is"
	case diagnose.NoContainerDomain:
		if g.Name == "" {
			return "the domain of the container, which is not the one that the program has on the host (ps -eZ " +
				"shows it)"
		}
		return "the domain of the container " + g.Name +
			", which is not the one that the program has on the host (ps -eZ shows it)"
	case diagnose.NoDirectory:
		if g.Name == "." {
			return "which socket of another program it was (its sock_file, and connectto on who listens)"
		}
		return "the labels of the directory " + g.Name +
			" and of the socket file in it (ls -Zd shows them; denials of it are of the classes sock_file and dir)"
	case diagnose.NoFile:
		if g.Name == "" {
			return "which file it was"
		}
		return "the label of the file " + g.Name + " (ls -Z shows it)"
	case diagnose.NoRecord:
		return "the labels of what was refused, which the record in the audit log has"
	case diagnose.NoOperation:
		return "what the program wanted to do"
	case diagnose.NoProtocol:
		return "the protocol"
	case diagnose.NoPort:
		return "the port"
	case diagnose.NoPeer:
		return "the label of the other socket: " + g.Name
	}
	return g.Name
}

// Gaps describes names that a policy lacks, or facts that a line lacks.
func Gaps(gaps []diagnose.Gap) []string {
	texts := make([]string, len(gaps))
	for i, g := range gaps {
		texts[i] = Gap(g)
	}
	return texts
}
