package audit

import (
	"bytes"
	"strings"

	"github.com/senet-selinux/senet/audit/internal/complaint"
	"github.com/senet-selinux/senet/audit/internal/head"
)

// A terminal is what the prompts and the commands of a pasted session tell of the lines behind them.
type terminal struct {
	// container is the container whose programs write the lines, nil for the host. inside says that a shell in it has
	// the prompt, and not the engine that the command was typed for.
	container *Container
	inside    bool
	engine    string // of the last command that starts a program in a container
	// storage and storer are the directory and the engine of head.StorageOf.
	storage, storer string
	line            int64 // of the last prompt
	// command is the program of the last command, domain that of the shell, as id -Z tells.
	command, domain string
	// verb and unit are those of the last command, where that is systemctl.
	verb, unit string
}

// maxOutput is the most lines of the output of a command.
const maxOutput = 200

// typed reads a line that may have a prompt or a command. It does not allocate for other lines.
func (r *Reader) typed(line []byte) {
	t := &r.terminal
	if t.storage == "" && pasted(r.stats.Lines) && storageLine(line) {
		t.storage, t.storer = head.StorageOf(string(line))
	}
	if t.container != nil && (r.stats.Lines-t.line > maxOutput || bytes.HasPrefix(line, []byte("```"))) {
		t.container, t.engine = nil, ""
	}
	if pasted(r.stats.Lines) && len(line) < maxPart && bytes.Contains(line, []byte("_r:")) {
		if domain := shellDomain(string(line)); domain != "" {
			t.domain = domain
		}
	}
	if !head.MayPrompt(line) {
		return
	}
	p, ok := head.ReadPrompt(string(line[:min(len(line), maxPart)]))
	if !ok {
		return
	}
	t.line, t.command = r.stats.Lines, ""
	t.verb, t.unit = complaint.BusCall(p.Command)
	if !bytes.HasPrefix(line, []byte("# ")) { // which may be a heading as well
		t.command = commandOf(p.Command)
	}
	switch engine := head.EngineOf(p.Command); {
	case p.Container != nil:
		t.container, t.inside = p.Container, true
		t.container.Engine = t.engine
	case p.Bare && t.engine != "":
		t.container, t.inside = &Container{Source: "prompt", Engine: t.engine}, true
	case engine != "":
		t.container, t.inside, t.engine = &Container{Source: "prompt", Engine: engine}, false, engine
	default:
		t.container, t.engine = nil, ""
	}
}

// shellDomain returns the domain that id -Z, or the context= of id, tells; "" for another line.
func shellDomain(line string) string {
	line = strings.TrimSpace(line)
	if i := strings.Index(line, " context="); i >= 0 && strings.HasPrefix(line, "uid=") {
		line = line[i+len(" context="):]
	}
	if !strings.Contains(line, "_u:") || strings.ContainsAny(line, " =\"'") || strings.Contains(line, ":object_r:") {
		return ""
	}
	return ContextType(line)
}

// commandOf returns the name of the program of a command line, without sudo and settings of the environment.
func commandOf(line string) string {
	for _, w := range strings.Fields(line) {
		if w == "sudo" || strings.Contains(w, "=") || strings.HasPrefix(w, "-") {
			continue
		}
		w = w[strings.LastIndexByte(w, '/')+1:]
		if strings.ToLower(w) != w || strings.Trim(w, "abcdefghijklmnopqrstuvwxyz0123456789-_.+") != "" {
			return ""
		}
		return w
	}
	return ""
}

// typedBy sets the program and the domain of a complaint that the command before it wrote, or the shell of it. It
// reports whether that is a shell on the host: one that could not start the engine itself.
func (r *Reader) typedBy(s *complaint.Symptom, h *head.Head) (host bool) {
	t := &r.terminal
	const near = 8
	if s.Protocol == "dbus" && s.Verb == "" && r.stats.Lines-t.line <= near && t.container == nil {
		s.Verb, s.Unit = t.verb, t.unit
	}
	if !h.Time.IsZero() || h.Host != "" || h.Container != nil || t.command == "" || r.stats.Lines-t.line > near {
		return false
	}
	if t.container != nil {
		return !t.inside && s.Protocol == "file" && s.Path[strings.LastIndexByte(s.Path, '/')+1:] == t.engine
	}
	if (s.Program == "" || s.Program == "exec") && !s.Strace {
		s.Program = t.command
	}
	if s.Program == t.command || s.Protocol == "dbus" && t.verb != "" {
		s.Caller = complaint.CallerPerson
		if s.Domain == "" {
			s.Domain = t.domain
		}
	}
	return false
}

// storageLine reports whether a line may name the storage of an engine.
func storageLine(line []byte) bool {
	return bytes.Contains(line, []byte("docker")) || bytes.Contains(line, []byte("data-root")) ||
		bytes.Contains(line, []byte("graph"))
}

// containerOf returns the container whose program wrote a complaint: the one that its line names, else that of the
// terminal, for a line without a head.
func (r *Reader) containerOf(s *complaint.Symptom, h *head.Head) *Container {
	t := &r.terminal
	c := h.Container
	if c == nil && t.container != nil && h.Time.IsZero() && h.Host == "" && (t.inside || !ofEngine(s)) {
		c = t.container
	}
	if c == nil || t.storage == "" || c.Engine != "" && c.Engine != t.storer {
		return c
	}
	with := *c
	with.Storage, with.Engine = t.storage, t.storer
	return &with
}

// ofEngine reports whether a complaint is one of a container engine itself, which runs on the host.
func ofEngine(s *complaint.Symptom) bool {
	switch s.Program {
	case "docker", "dockerd", "podman", "crun", "runc", "conmon", "kubectl", "oc", "nerdctl", "crictl":
		return true
	}
	for _, words := range [...]string{"OCI ", "crun", "runc", "daemon", "level=", "Error: ", "error: "} {
		if strings.Contains(s.Text, words) {
			return true
		}
	}
	return false
}
