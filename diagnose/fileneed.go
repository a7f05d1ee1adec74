package diagnose

import (
	"path"
	"strings"
)

// A fileNeed is what the kernel asks for an operation on a file, beside search on the directories of its path.
type fileNeed struct {
	// class is that of the file, perms what is asked on it; none for a file that is made or only named.
	class string
	perms []string
	// parent are the permissions on the file's directory, made the class of the file that the operation makes there,
	// with the permissions made on it; "" for none.
	parent    []string
	made      string
	madePerms []string
	// mode is what the mode of the file must have, parentMode that of its directory: r, w and x.
	mode, parentMode string
	// use is the assumed purpose of an open, read or write, where the line gives none; "" where it gives one.
	use string
}

// needOf returns what an operation asks. class is that of the file, "" if it is not known; exists says that the file is
// there. false for an operation that is no file's.
func needOf(operation, name, class string, exists bool) (n fileNeed, ok bool) {
	n.class = classOf(operation, name, class)
	directory := n.class == "dir"
	switch operation {
	case "":
		if directory {
			return fileNeed{class: "dir", perms: []string{"open", "read"}, mode: "r", use: "list"}, true
		}
		fallthrough
	case "open":
		if logLike(name) {
			n.perms, n.mode, n.use = []string{"open", "append"}, "w", "write"
			return n, true
		}
		n.perms, n.mode, n.use = []string{"open", "read"}, "r", "read"
	case "read":
		n.perms, n.mode = []string{"open", "read"}, "r"
	case "list":
		n.perms, n.mode = []string{"open", "read"}, "r"
	case "write":
		n.perms, n.mode = []string{"open", "write"}, "w"
		if logLike(name) {
			n.perms[1] = "append"
		}
	case "create":
		if exists {
			return needOf("write", name, class, exists)
		}
		n.perms, n.parent, n.parentMode = nil, []string{"write", "add_name"}, "w"
		n.made, n.madePerms = n.class, []string{"create", "open", "write"}
		if logLike(name) {
			n.madePerms[2] = "append"
		}
	case "mkdir":
		n.perms, n.parent, n.parentMode = nil, []string{"write", "add_name"}, "w"
		n.made, n.madePerms = "dir", []string{"create"}
	case "link":
		n.perms, n.parent, n.parentMode = nil, []string{"write", "add_name"}, "w"
		if class == "sock_file" { // a server keeps its old socket under another name
			n.perms = []string{"link"}
		}
	case "unlink", "rename":
		n.perms, n.parent, n.parentMode = []string{operation}, []string{"write", "remove_name"}, "w"
		if directory && operation == "unlink" {
			n.perms[0] = "rmdir"
		}
	case "rmdir":
		n.perms, n.parent, n.parentMode = []string{"rmdir"}, []string{"write", "remove_name"}, "w"
	case "chdir":
		n.perms, n.mode = []string{"search"}, "x"
	case "search", "stat":
		n.perms = []string{"getattr"}
	case "readlink":
		n.class, n.perms = "lnk_file", []string{"read"}
	case "chmod", "chown", "utime":
		n.perms = []string{"setattr"}
	case "map":
		n.perms, n.mode = []string{"open", "read", "map", "execute"}, "r"
	case "mmap":
		n.perms, n.mode = []string{"open", "read", "map"}, "r"
	case "execmod":
		n.perms = []string{"execmod"}
	default:
		return n, false
	}
	return n, true
}

// classOf returns the class of the file of an operation: what the operation is for, else what is there, else what its
// name looks like.
func classOf(operation, name, class string) string {
	switch {
	case operation == "list" || operation == "chdir" || operation == "mkdir" || operation == "rmdir":
		return "dir"
	case class != "":
		return class
	case strings.HasSuffix(name, "/"), (operation == "search" || operation == "stat") && path.Ext(name) == "":
		return "dir"
	}
	return "file"
}

// logLike reports whether a file is a log by its name or its directory, which is opened to append to it.
func logLike(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".log") || strings.HasSuffix(base, "_log") || strings.HasSuffix(base, ".err") ||
		strings.Contains(name, "/log/") || strings.Contains(name, "/logs/")
}
