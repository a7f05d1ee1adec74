package object

import (
	"path"
	"strings"
)

// logTree returns the directory of a log server with the logs that it gets from other hosts, with all below it: the
// outermost that is called after logs, as /var/remotelog of /var/remotelog/HOST/daemon.log; "" for the logs of a
// service.
func (f *finder) logTree() string {
	if !strings.HasPrefix(f.typeName(f.problem.Source), "syslog") || !path.IsAbs(f.problem.Path) {
		return ""
	}
	for dir := range above(f.problem.Path) {
		name := strings.ToLower(path.Base(dir))
		if !ofAll(dir) && (strings.HasSuffix(name, "log") || strings.HasSuffix(name, "logs")) {
			return dir
		}
	}
	return ""
}
