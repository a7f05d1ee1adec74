package complaint

import "strings"

// fileOperations are words and calls, in small letters, that name an operation on a file.
var fileOperations = [...]operationWord{
	{"open", "open"}, {"opening", "open"}, {"be opened", "open"}, {"fopen", "open"}, {"openat", "open"},
	{"open64", "open"}, {"include", "read"}, {"include_once", "read"}, {"require", "read"}, {"require_once", "read"},
	{"isc_stdio_open", "open"}, {"open access log", "open"}, {"unable to lock", "open"}, {"file_dotlock_create",
		"create"}, {"session_start", "open"},
	{"deny server access", "read"},
	{"open for reading", "read"}, {"read", "read"}, {"reading", "read"}, {"load", "read"}, {"loading", "read"},
	{"read file", "read"}, {"file_get_contents", "read"}, {"cat:", "read"}, {"grep:", "read"}, {"less:", "read"},
	{"pre-load", "read"}, {"copyfile", "read"}, {"sendfile", "read"},
	{"write", "write"}, {"writing", "write"}, {"append", "write"}, {"save", "write"}, {"saving", "write"},
	{"isn't writable", "write"}, {"not writable", "write"}, {"tee:", "write"}, {"file_put_contents", "write"},
	{"truncate", "write"}, {"create/write", "write"}, {"dump", "write"}, {"dumping", "write"},
	{"dumping master file", "write"},
	{"create", "create"}, {"creating", "create"}, {"creat", "create"}, {"mkstemp", "create"}, {"touch", "create"},
	{"move_uploaded_file", "create"}, {"autocreate", "create"}, {"mkfifo", "create"}, {"mknod", "create"},
	{"open or create", "create"},
	{"mkdir", "mkdir"}, {"mkdirat", "mkdir"}, {"create directory", "mkdir"}, {"creating directory", "mkdir"},
	{"make directory", "mkdir"}, {"create dir", "mkdir"}, {"creating parent directories", "mkdir"},
	{"create leading directories", "mkdir"}, {"create work tree dir", "mkdir"},
	{"unlink", "unlink"}, {"unlinkat", "unlink"}, {"remove", "unlink"}, {"removing", "unlink"}, {"delete", "unlink"},
	{"rmdir", "rmdir"}, {"remove directory", "rmdir"},
	{"rename", "rename"}, {"renaming", "rename"}, {"renameat", "rename"}, {"move", "rename"}, {"rotate", "rename"},
	{"link", "link"}, {"symlink", "link"}, {"linking", "link"}, {"create symbolic link", "link"},
	{"create hard link", "link"}, {"create symlink", "link"},
	{"chdir", "chdir"}, {"change directory", "chdir"}, {"change dir", "chdir"}, {"change_dir", "chdir"},
	{"vfs_chdir", "chdir"}, {"changing directory", "chdir"}, {"cd:", "chdir"},
	{"changing to the requested working directory", "chdir"},
	{"opendir", "list"}, {"open directory", "list"}, {"read directory", "list"}, {"read dir", "list"},
	{"scandir", "list"}, {"readdir", "list"}, {"reading directory", "list"}, {"readdirent", "list"},
	{"search permissions are missing", "search"}, {"find:", "search"},
	{"stat", "stat"}, {"lstat", "stat"}, {"access", "stat"}, {"realpath", "stat"}, {"statfs", "stat"},
	{"chmod", "chmod"}, {"change mode", "chmod"}, {"changing permissions", "chmod"}, {"change permissions", "chmod"},
	{"chown", "chown"}, {"lchown", "chown"}, {"changing ownership", "chown"}, {"change owner", "chown"},
	{"change ownership", "chown"},
	{"run program", "execute"}, {"execute", "execute"}, {"exec", "execute"}, {"execve", "execute"}, {"execvp",
		"execute"}, {"execv", "execute"},
	{"fork/exec", "execute"}, {"spawn", "execute"}, {"env:", "execute"},
	{"dlopen", "map"}, {"load library", "map"}, {"loading shared libraries", "map"}, {"shared object file", "map"},
	{"map segment", "map"}, {"restore segment", "execmod"},
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
	for _, w := range list {
		n := len(w.word)
		if n > len(found.word) && strings.HasPrefix(s, w.word) &&
			(n == len(s) || !isLetter(s[n]) && s[n] != '_' && s[n] != '-' || w.word[n-1] == ':') {
			found = w
		}
	}
	return found
}
