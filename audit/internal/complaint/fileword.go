package complaint

import "strings"

// fileOperations are words and calls, in small letters and sorted, that name an operation on a file.
var fileOperations = [...]operationWord{
	{"access", "stat"}, {"accessing", "stat"}, {"append", "write"}, {"autocreate", "create"},
	{"bad interpreter", "execute"}, {"be opened", "open"}, {"can't mount", "mount"}, {"cannot mount", "mount"},
	{"cat:", "read"}, {"cd:", "chdir"}, {"change dir", "chdir"}, {"change directory", "chdir"},
	{"change group", "chown"}, {"change mode", "chmod"}, {"change owner", "chown"}, {"change ownership", "chown"},
	{"change permissions", "chmod"}, {"change_dir", "chdir"}, {"changing directory", "chdir"},
	{"changing group", "chown"}, {"changing ownership", "chown"}, {"changing permissions", "chmod"},
	{"changing to the requested working directory", "chdir"}, {"chdir", "chdir"}, {"chgrp", "chown"},
	{"chmod", "chmod"}, {"chown", "chown"}, {"copyfile", "read"}, {"could not mount", "mount"}, {"creat", "create"},
	{"create", "create"}, {"create dir", "mkdir"}, {"create directory", "mkdir"}, {"create hard link", "link"},
	{"create leading directories", "mkdir"}, {"create symbolic link", "link"}, {"create symlink", "link"},
	{"create work tree dir", "mkdir"}, {"create/write", "write"}, {"creating", "create"},
	{"creating directory", "mkdir"}, {"creating parent directories", "mkdir"}, {"delete", "unlink"},
	{"deny server access", "read"}, {"dlopen", "map"}, {"dump", "write"}, {"dumping", "write"},
	{"dumping master file", "write"}, {"egrep:", "read"}, {"enable executable stack", "execstack"},
	{"env:", "execute"}, {"exec", "execute"}, {"execstack", "execstack"}, {"execute", "execute"},
	{"execv", "execute"}, {"execve", "execute"}, {"execvp", "execute"}, {"failed to mount", "mount"},
	{"fgrep:", "read"}, {"file_get_contents", "read"}, {"file_put_contents", "write"}, {"find:", "search"},
	{"fopen", "open"}, {"fork/exec", "execute"}, {"futimens", "utime"}, {"grep:", "read"}, {"include", "read"},
	{"include_once", "read"}, {"isc_stdio_open", "open"}, {"isn't writable", "write"}, {"lchown", "chown"},
	{"less:", "read"}, {"link", "link"}, {"link_stat", "stat"}, {"linking", "link"}, {"load", "read"},
	{"load library", "map"}, {"loading", "read"}, {"loading shared libraries", "map"}, {"lstat", "stat"},
	{"make directory", "mkdir"}, {"map segment", "map"}, {"mkdir", "mkdir"}, {"mkdirat", "mkdir"},
	{"mkfifo", "create"}, {"mknod", "create"}, {"mkstemp", "create"}, {"mmap", "mmap"}, {"mount:", "mount"},
	{"mounting", "mount"}, {"move", "rename"}, {"move_uploaded_file", "create"}, {"not writable", "write"},
	{"open", "open"}, {"open access log", "open"}, {"open directory", "list"}, {"open for reading", "read"},
	{"open or create", "create"}, {"open shared object file", "read"}, {"open64", "open"}, {"openat", "open"},
	{"opendir", "list"}, {"opening", "open"}, {"pivot_root", "mount"}, {"pre-load", "read"},
	{"preserve ownership", "chown"}, {"preserve permissions", "chmod"}, {"preserving ownership", "chown"},
	{"preserving permissions", "chmod"}, {"preserving times", "utime"}, {"read", "read"}, {"read dir", "list"},
	{"read directory", "list"}, {"read file", "read"}, {"read symbolic link", "readlink"}, {"readdir", "list"},
	{"readdirent", "list"}, {"reading", "read"}, {"reading directory", "list"}, {"readlink", "readlink"},
	{"readlink_stat", "stat"}, {"realpath", "stat"}, {"remount", "mount"}, {"remove", "unlink"},
	{"remove directory", "rmdir"}, {"removing", "unlink"}, {"rename", "rename"}, {"renameat", "rename"},
	{"renaming", "rename"}, {"require", "read"}, {"require_once", "read"}, {"restore segment", "execmod"},
	{"rmdir", "rmdir"}, {"rotate", "rename"}, {"run command", "execute"}, {"run program", "execute"},
	{"save", "write"}, {"savedir", "list"}, {"saving", "write"}, {"scandir", "list"},
	{"search permissions are missing", "search"}, {"sendfile", "read"}, {"session_start", "open"},
	{"set mode", "chmod"}, {"set permissions", "chmod"}, {"set times", "utime"}, {"setting owner", "chown"},
	{"setting permissions", "chmod"}, {"setting times", "utime"}, {"spawn", "execute"}, {"stat", "stat"},
	{"statfs", "stat"}, {"symlink", "link"}, {"tee:", "write"}, {"touch", "create"}, {"truncate", "write"},
	{"umount", "unmount"}, {"umount2", "unmount"}, {"umount:", "unmount"}, {"unable to lock", "open"},
	{"unable to mount", "mount"}, {"unable to remove target", "unlink"}, {"unlink", "unlink"}, {"unlinkat", "unlink"},
	{"unmount", "unmount"}, {"unmounting", "unmount"}, {"update", "write"}, {"updating", "write"},
	{"utime", "utime"}, {"utimensat", "utime"}, {"utimes", "utime"}, {"vfs_chdir", "chdir"}, {"write", "write"},
	{"writing", "write"},
}

// writes are words, in small letters, that say of a file that is opened that it is to be written.
var writes = [...]string{"log file", "logfile", "error log", "error_log", "access log", "transfer log",
	"for error logging",
	"pid file", "pidfile", "output file", "for writing", "for update", "for append", "append mode", "write mode",
	"append-only", "o_wronly", "o_rdwr", "o_append", "lock file", "open log"}

// opened makes a word of opening a file more exact by what else the message says.
func opened(operation, small string) string {
	if operation != "open" && operation != "" {
		return operation
	}
	if strings.Contains(small, "for reading") || strings.Contains(small, "o_rdonly") {
		return "read"
	}
	for _, w := range writes {
		if strings.Contains(small, w) {
			return "write"
		}
	}
	return operation
}

// A wordPlace is where a message names an operation, on a file or of the network.
type wordPlace struct {
	operation string // "" for one of the network
	from, to  int
}

// lastWord returns the last word of an operation in a text in small letters; network words count where they are as
// long as those of files: "open socket" is none of a file.
func lastWord(small string) (last wordPlace) {
	for i := 0; i < len(small); i++ {
		if i > 0 && (isLetter(small[i-1]) || strings.IndexByte("/_-.", small[i-1]) >= 0) {
			continue
		}
		file := longestWord(fileOperations[:], small[i:])
		if net, ok := operationAt(small[i:]); ok && len(net.word) >= len(file.word) {
			last = wordPlace{"", i, i + len(net.word)}
		} else if file.word != "" {
			last = wordPlace{file.operation, i, i + len(file.word)}
		} else {
			continue
		}
		i = last.to - 1
	}
	return last
}

// longestWord returns the longest of some words that s begins with and that ends there.
func longestWord(list []operationWord, s string) (found operationWord) {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return found
	}
	for _, w := range startingWith(list, s[0]) {
		n := len(w.word)
		if n > len(found.word) && strings.HasPrefix(s, w.word) &&
			(n == len(s) || !isLetter(s[n]) && s[n] != '_' && s[n] != '-' || w.word[n-1] == ':') {
			found = w
		}
	}
	return found
}
