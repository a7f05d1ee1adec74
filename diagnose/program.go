package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/fcontext"
)

// A ProgramLabel is the label that file_contexts has for a program in one of the usual directories.
type ProgramLabel struct {
	// Path is that of the program, Type its label, and From the line of file_contexts, "" where the package of another
	// policy has it (container-selinux).
	Path, Type, From string
}

// programLabelled finds the label that file_contexts has for a program of the same name, where a program elsewhere may
// not be started by systemd or by an init script: with the label of all programs it would stay without its domain.
func (g *Diagnoser) programLabelled(d *Diagnosis, a *audit.AVC) {
	table, target := g.files(), audit.ContextType(a.TContext)
	if table == nil || !starts(a) || OneLabel(target) || strings.HasSuffix(target, "_exec_t") || d.File == nil ||
		d.File.Name == "" || d.File.Right != "" || d.File.Wanted != "" &&
		audit.ContextType(d.File.Wanted) != "bin_t" {
		return
	}
	for _, dir := range []string{"/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/usr/libexec"} {
		name := dir + "/" + d.File.Name
		m, err := table.Lookup(name, '-')
		typ := audit.ContextType(m.Context)
		if err != nil || m.Context == fcontext.None || len(m.Unsupported) > 0 || !strings.HasSuffix(typ, "_exec_t") ||
			slices.Contains([]string{"shell_exec_t", "init_exec_t", "initrc_exec_t"}, typ) {
			continue
		}
		if _, ok := g.p.Type(typ); ok {
			d.Program = &ProgramLabel{name, typ, fmt.Sprintf("%s:%d", m.File, m.Line)}
			return
		}
	}
	const engine = "container_runtime_exec_t"
	if slices.Contains([]string{"containerd", "dockerd", "crio", "podman"}, d.File.Name) && d.Verdict == UnknownHere {
		d.Program = &ProgramLabel{"/usr/bin/" + d.File.Name, engine, ""}
	}
}

// starts reports whether systemd, or a script of init, was refused to start a program.
func starts(a *audit.AVC) bool {
	if a.TClass != "file" || !a.Has("execute") && !a.Has("execute_no_trans") {
		return false
	}
	source := audit.ContextType(a.SContext)
	_, starting := startedBy(a.Comm)
	return starting && source == "init_t" || source == "initrc_t"
}

// wholeName returns the name of the program that systemd is about to start: its process has the last eight characters
// of the name alone, and the file the whole name.
func wholeName(program string, a *audit.AVC) string {
	base := path.Base(cmp.Or(a.Path, a.Name))
	if a.TClass == "file" && a.Has("execute") && strings.HasSuffix(base, program) {
		return base
	}
	return program
}
