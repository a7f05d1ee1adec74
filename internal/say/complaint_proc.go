package say

import (
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// ofProc writes which label a file in /proc/N has, and what is asked first.
func ofProc(b *words.Page, it *incident.Finding) {
	d := it.Symptom
	if d.Verdict != diagnose.UnknownHere || it.Event.Container != nil || it.Event.Symptom.Protocol != "file" {
		return
	}
	pid, ok := procOf(it.Event.Symptom.Path)
	if !ok {
		return
	}
	if pid == 1 {
		b.Line("note", "the files in /proc/1 have the label of process 1, init_t: search of the directory init_t:dir "+
			"is asked first, then read and open of init_t:file (of links read of init_t:lnk_file); refpolicy's "+
			"init_read_state() grants these; what belongs to another user (mounts, environ, fd) may take the "+
			"capability sys_ptrace too")
		return
	}
	b.Line("note", "the files in /proc/%d have the label of process %d, its domain (%s): search of the directory, of "+
		"class dir, is asked first, then read and open of class file", pid, pid,
		shell.New("ps", "-Z", "-p").Arg(strconv.Itoa(pid)))
}

// procOf returns the number of the process whose directory in /proc has a file.
func procOf(name string) (pid int, ok bool) {
	rest, ok := strings.CutPrefix(name, "/proc/")
	if !ok {
		return 0, false
	}
	number, _, _ := strings.Cut(rest, "/")
	pid, err := strconv.Atoi(number)
	return pid, err == nil && pid > 0
}
