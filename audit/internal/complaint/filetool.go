package complaint

import "strings"

// toolFile reads the messages of tools in which the file or the operation does not stand where others have it.
//
//	tar: srv/x: Cannot create symlink to '/srv/y': Permission denied
//	mv: inter-device move failed: '/srv/x' to '/mnt/x'; unable to remove target: Permission denied
//	bash: line 3: x.txt: Permission denied
//	sysctl: permission denied on key 'net.ipv4.ip_forward'
//	error:0200100D:system library:fopen:Permission denied:bss_file.c:402:fopen('/srv/x','r')
func toolFile(m, small string) *fileRefusal {
	if rest, ok := strings.CutPrefix(m, "tar: "); ok {
		return tarFile(rest)
	}
	if f := movedFile(m, small); f != nil {
		return f
	}
	if f := javaFile(m); f != nil {
		return f
	}
	if f := kernelParameter(m, small); f != nil {
		return f
	}
	if _, rest, ok := strings.Cut(m, ":Permission denied:"); ok { // OpenSSL, before version 3
		if _, call, ok := strings.Cut(rest, ":fopen('"); ok {
			if name, mode, ok := strings.Cut(call, "','"); ok && isPath(name) {
				return &fileRefusal{openedFor(mode), name, true}
			}
		}
	}
	if f := ofScript(m); f != nil {
		return f
	}
	return redirected(m)
}

// tarFile reads the message of tar behind its name: the member of the archive, or the archive, and then what tar cannot
// do.
func tarFile(m string) *fileRefusal {
	name, what, ok := strings.Cut(m, ": Cannot ")
	if !ok || !isFileName(name) {
		return nil
	}
	word := longestWord(fileOperations[:], asciiLower(what))
	if word.word == "" {
		return nil
	}
	return &fileRefusal{word.operation, name, true}
}

// movedFile reads the message of mv between two file systems, where mv first removes what has the name already.
func movedFile(m, small string) *fileRefusal {
	before, _, ok := strings.Cut(small, "; unable to remove target: ")
	if !ok || !strings.Contains(before, "inter-device move failed: ") {
		return nil
	}
	list := paths(m[:len(before)], true)
	if len(list) == 0 {
		return nil
	}
	return &fileRefusal{"unlink", list[len(list)-1].path, true}
}

// javaFile reads a file that Java names without its directory: FileNotFoundException: logs/x.log (Permission denied).
func javaFile(m string) *fileRefusal {
	_, rest, ok := strings.Cut(m, "FileNotFoundException: ")
	if !ok {
		return nil
	}
	name, _, ok := strings.Cut(rest, " (Permission denied)")
	if !ok || isPath(name) || !isFileName(name) {
		return nil
	}
	return &fileRefusal{"", name, true}
}

// kernelParameter reads the messages of sysctl, which names the file in /proc/sys with dots.
func kernelParameter(m, small string) *fileRefusal {
	var key string
	if _, rest, ok := strings.Cut(small, "permission denied on key "); ok {
		key = m[len(m)-len(rest):]
	} else if _, rest, ok := strings.Cut(small, "sysctl: setting key "); ok {
		key = m[len(m)-len(rest):]
	} else {
		return nil
	}
	key = strings.Trim(word(key, " :,"), "'\"")
	if !isName(key) || len(key) > maxName {
		return nil
	}
	return &fileRefusal{"write", "/proc/sys/" + strings.ReplaceAll(key, ".", "/"), true}
}

// openedFor returns the operation of a mode of fopen.
func openedFor(mode string) string {
	if strings.HasPrefix(mode, "r") && !strings.Contains(mode, "+") {
		return "read"
	}
	return "write"
}

// redirected reads the message of a shell about a name without a directory, which is a file that a command's output or
// input is redirected to, or a program.
func redirected(m string) *fileRefusal {
	shell, rest, ok := strings.Cut(strings.TrimPrefix(m, "-"), ": ")
	if !ok || !hasWord("bash sh dash zsh ksh ash", shell) {
		return nil
	}
	if line, after, ok := strings.Cut(rest, ": "); ok {
		if n, found := strings.CutPrefix(line, "line "); found && n != "" && digits(n) == len(n) {
			rest = after
		}
	}
	name, ok := strings.CutSuffix(rest, ": Permission denied")
	if !ok || strings.ContainsAny(name, " :/()[]{}<>,;'\"") || !isFileName(name) || name == "fork" {
		return nil
	}
	return &fileRefusal{"", name, true}
}
