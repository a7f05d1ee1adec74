package complete

import (
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/subject"
)

// Subjects completes the words that name a process other than by its domain: pid:, unit:
// and exe:, and after them processes and services.
func Subjects(root host.Root, prefix string) []Word {
	switch {
	case strings.HasPrefix(prefix, "unit:"):
		var list []Word
		for _, name := range (subject.System{Root: root}).Units() {
			list = append(list, Fixed(prefix, "unit:"+name)...)
		}
		return list
	case strings.HasPrefix(prefix, "pid:"):
		return processes(root, prefix)
	}
	return Fixed(prefix, "exe:", "pid:", "unit:")
}

// processes lists the processes with a program, and its name.
func processes(root host.Root, prefix string) []Word {
	all, err := root.Processes()
	if err != nil {
		return nil
	}
	var list []Word
	for i := range all {
		if id := "pid:" + strconv.Itoa(all[i].PID); !all[i].Kernel && strings.HasPrefix(id, prefix) {
			list = append(list, Word{id, all[i].Comm})
		}
	}
	return list
}
