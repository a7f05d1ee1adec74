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
	if !head.MayPrompt(line) {
		return
	}
	p, ok := head.ReadPrompt(string(line[:min(len(line), maxPart)]))
	if !ok {
		return
	}
	t.line = r.stats.Lines
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
