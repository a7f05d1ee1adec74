package complaint

import "strings"

// straceFile reads a call on a file that strace shows as refused; head is the line without the result.
//
//	openat(AT_FDCWD, "/srv/x", O_RDONLY|O_CLOEXEC) = -1 EACCES (Permission denied)
//	openat(3</srv/app>, "x.log", O_WRONLY|O_CREAT, 0644) = -1 EACCES (Permission denied)
func (s *Symptom) straceFile(head, call string) bool {
	switch call {
	case "open", "openat", "openat2", "creat":
		s.Operation = straceOpen(head, call)
	case "stat", "lstat", "newfstatat", "fstatat64", "statx", "statfs", "stat64", "lstat64", "readlink", "readlinkat",
		"access", "faccessat", "faccessat2", "getxattr", "lgetxattr":
		s.Operation = "stat"
	case "execve", "execveat":
		s.Operation = "execute"
	case "mkdir", "mkdirat":
		s.Operation = "mkdir"
	case "mknod", "mknodat":
		s.Operation = "create"
	case "unlink", "rmdir", "chdir", "chmod", "chown", "link", "rename", "symlink":
		s.Operation = strings.Replace(call, "symlink", "link", 1)
	case "unlinkat":
		s.Operation = "unlink"
		if strings.Contains(head, "AT_REMOVEDIR") {
			s.Operation = "rmdir"
		}
	case "renameat", "renameat2", "linkat", "symlinkat":
		s.Operation = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(call, "sym"), "2"), "at")
	case "fchmodat", "fchmodat2":
		s.Operation = "chmod"
	case "fchownat", "lchown":
		s.Operation = "chown"
	case "truncate", "utimensat":
		s.Operation = "write"
	default:
		return false
	}
	s.Protocol = "file"
	dir, rest, ok := strings.Cut(head, `"`)
	if !ok {
		return true
	}
	s.Path, _, _ = strings.Cut(rest, `"`)
	if s.Operation == "link" { // the new name is the last
		if parts := strings.Split(head, `"`); len(parts) > 3 {
			dir, s.Path = parts[len(parts)-3], parts[len(parts)-2]
		}
	}
	if i := strings.LastIndex(dir, "</"); i >= 0 && !strings.HasPrefix(s.Path, "/") {
		if name, _, ok := strings.Cut(dir[i+1:], ">"); ok {
			s.Path = strings.TrimRight(name, "/") + "/" + s.Path
		}
	}
	if len(s.Path) > maxPath {
		s.Path = ""
	}
	return true
}

// straceOpen tells from its flags what a file is opened for.
func straceOpen(head, call string) string {
	switch {
	case call == "creat", strings.Contains(head, "O_CREAT"):
		return "create"
	case strings.Contains(head, "O_WRONLY"), strings.Contains(head, "O_RDWR"):
		return "write"
	case strings.Contains(head, "O_DIRECTORY"):
		return "list"
	}
	return "read"
}
