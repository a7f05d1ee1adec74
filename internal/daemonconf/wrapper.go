package daemonconf

import (
	"path"
	"strings"
)

// maxWrappers bounds how many programs may start one another in a command line.
const maxWrappers = 8

// unwrap skips programs that only start another program: it returns the command line of the last
// one, and the files that are executed one after the other after the first. It does not read
// scripts.
func unwrap(argv []string, file string) (words, chain []string) {
	for range maxWrappers {
		inner := inside(path.Base(file), argv)
		if len(inner) == 0 || inner[0] == "" {
			break
		}
		argv, file = inner, inner[0]
		chain = append(chain, file)
	}
	return argv, chain
}

// inside returns the command line that a wrapper executes, nil if the program is no wrapper.
func inside(name string, argv []string) []string {
	if len(argv) < 2 {
		return nil
	}
	args := argv[1:]
	switch name {
	case "sh", "bash", "dash", "ash":
		return shellCommand(args)
	case "env":
		for len(args) > 0 && (strings.HasPrefix(args[0], "-") || strings.Contains(args[0], "=")) {
			args = args[1:]
		}
		return args
	case "nohup", "setsid", "stdbuf", "catatonit", "tini", "dumb-init":
		return behindOptions(args, "")
	case "nice", "ionice", "chrt", "taskset", "numactl", "setpriv", "prlimit":
		return behindOptions(args, "ncpt")
	}
	return nil // runuser, su and sudo change the domain, by PAM
}

// behindOptions skips options; those with a letter of valued take the next word.
func behindOptions(args []string, valued string) []string {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		takes := len(args[0]) == 2 && strings.Contains(valued, args[0][1:])
		if args[0] == "--" {
			return args[1:]
		}
		args = args[1:]
		if takes && len(args) > 0 {
			args = args[1:]
		}
	}
	return args
}

// shellCommand returns the single command of sh -c 'exec COMMAND', nil if the text is more than
// plain words.
func shellCommand(args []string) []string {
	for len(args) > 1 && strings.HasPrefix(args[0], "-") && !strings.HasSuffix(args[0], "c") {
		args = args[1:]
	}
	if len(args) < 2 || !strings.HasPrefix(args[0], "-") { // -c, or -ec
		return nil
	}
	if strings.ContainsAny(args[1], "$`|&;<>()*?\"'\\\n") {
		return nil
	}
	words := strings.Fields(args[1])
	if len(words) > 0 && words[0] == "exec" {
		words = words[1:]
	}
	return words
}
