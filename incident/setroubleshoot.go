package incident

import (
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
)

// reportSymptom returns the refused operation of a setroubleshoot report, on the network or on a file, nil if the
// report does not say enough.
func reportSymptom(r *audit.Report) *audit.Symptom {
	if len(r.Permissions) == 0 || r.Program == "" {
		return nil
	}
	s := &audit.Symptom{Program: baseName(r.Program), Port: r.Port, Errno: "EACCES", Text: r.Text}
	switch r.Permissions[0] {
	case "name_connect", "connect":
		s.Operation = "connect"
	case "name_bind", "node_bind", "bind":
		s.Operation = "bind"
	case "listen", "accept":
		s.Operation = "listen"
	default:
		return fileReport(r)
	}
	if r.Class == "" {
		return s
	}
	if isFile(r.Class) || ofProcess(r.Class) {
		return fileReport(r)
	}
	for _, p := range network.Protocols() {
		if kind, _ := network.SocketOf(p); kind.Class == r.Class {
			s.Protocol = string(p)
			return s
		}
	}
	return nil
}

// fileReport returns the complaint of a report about a file or a process, nil for another class. The permissions are
// those that SELinux refused; the operation is how people call it.
func fileReport(r *audit.Report) *audit.Symptom {
	class := r.Class
	if ofProcess(class) {
		return &audit.Symptom{Program: baseName(r.Program), Protocol: "process", Operation: r.Permissions[0],
			Asked: strings.Join(r.Permissions, " "), Class: class, Domain: r.SourceType, Errno: "EACCES", Text: r.Text}
	}
	if class == "" && strings.HasPrefix(r.Path, "/") {
		class = "file"
	}
	if !isFile(class) && class != "sock_file" {
		return nil
	}
	return &audit.Symptom{Program: baseName(r.Program), Protocol: "file", Operation: fileDeed(r.Permissions[0], class),
		Path: r.Path, Asked: strings.Join(r.Permissions, " "), Class: class, Domain: r.SourceType, Errno: "EACCES",
		Text: r.Text}
}

// ofProcess reports whether a class is that of processes, or of what they may do as root.
func ofProcess(class string) bool { return class == "process" || class == "capability" }

// fileDeed returns the operation of complaints that a permission is for, "" for none.
func fileDeed(permission, class string) string {
	directory := class == "dir"
	switch permission {
	case "open", "unlink", "rmdir", "rename", "link", "map", "execmod":
		return permission
	case "read":
		if directory {
			return "list"
		}
		return "read"
	case "write", "append":
		if directory {
			return "" // to make or remove a file in it
		}
		return "write"
	case "create":
		if directory {
			return "mkdir"
		}
		return "create"
	case "search":
		return "chdir"
	case "getattr":
		return "stat"
	case "setattr":
		return "chmod"
	case "execute", "execute_no_trans", "entrypoint":
		return "execute"
	}
	return ""
}
