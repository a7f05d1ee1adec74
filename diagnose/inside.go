package diagnose

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/subject"
)

// An Inside describes the file of a program in a container: its path is none of the host.
type Inside struct {
	Kind InsideKind
	// Domain is the type that programs in containers have as a rule, "" if the policy has none for them.
	Domain string
	// Host is the path on the host, where the path in the container tells it; else "".
	Host string
	// Engine is the engine: docker, podman or another; "" if nothing tells. Storage is the directory of its images and
	// containers, if the log names one.
	Engine, Storage string
	// Tool is a tool that starts containers and has no option to label their volumes, if the text names one; else "".
	Tool string
	// Mount is the mount of the text that the path is in; nil if it has none for it.
	Mount *audit.Mount

	// Binds says that the program makes a UNIX socket there.
	Binds bool
	// Taken says that the text names the directory of the host alone, which is taken to be the one of the path.
	Taken bool

	mounts bool // a file system is mounted or unmounted
}

// An InsideKind is where the file of a program in a container comes from.
type InsideKind string

// The kinds.
const (
	// InsideEngine is a file that the engine makes for each container and mounts: /etc/hosts and its like.
	InsideEngine InsideKind = "engine"
	// InsideHost is a file of the host, below the directory in which containers have the host's root by custom.
	InsideHost InsideKind = "host"
	// InsideVolume is a file of the host, in a directory that the container gets by the text.
	InsideVolume InsideKind = "volume"
	// InsideOther is a file of the image or of a volume: the path does not tell which.
	InsideOther InsideKind = "other"
)

// inside describes the file of a complaint of a program in a container. It reports false for one of the host.
func (g *Diagnoser) inside(d *SymptomDiagnosis, e *audit.Event) bool {
	name := path.Clean("/" + strings.TrimPrefix(e.Symptom.Path, "/"))
	host := g.hostPath(name)
	mount, at := g.mountOf(e, name)
	taken := mount == nil && g.takenMount(d, e)
	if taken {
		mount = &audit.Mount{Host: g.prose.HostPaths[0], Container: path.Dir(name), Form: audit.MountPod}
		at = path.Join(mount.Host, path.Base(name))
	}
	byText := false
	if e.Container == nil && mount == nil && (host == "" || e.Symptom.Path == "") && !g.withoutPath(e) {
		if byText = g.toolInside(d, e); !byText {
			return false
		}
	}
	in := &Inside{Kind: InsideOther, Binds: bindsSocket(d), Taken: taken,
		Domain: g.containerDomain(), Host: host, Tool: g.prose.Tool, Mount: mount}
	if c := e.Container; c != nil {
		in.Engine, in.Storage = c.Engine, c.Storage
		if in.Engine == "" && (c.Source == "docker" || c.Source == "podman") {
			in.Engine = c.Source
		}
	}
	switch {
	case mount != nil:
		in.Kind, in.Host, d.Subject = InsideVolume, at, subject.Subject{}
	case host != "":
		in.Kind = InsideHost
	case madeByEngine(name):
		in.Kind = InsideEngine
	}
	d.File = &FileAsked{Operation: e.Symptom.Operation, Inside: in}
	if strings.HasPrefix(e.Symptom.Path, "/") {
		d.File.Path, d.Path = name, name
	}
	if in.Domain != "" {
		d.Missing = nil
		if in.mounts = e.Symptom.Operation == "mount" || e.Symptom.Operation == "unmount"; in.mounts {
			d.gap(NoRecord, "")
		} else if in.Binds {
			d.gap(NoDirectory, path.Dir(cmp.Or(at, name)))
		} else {
			d.gap(NoFile, cmp.Or(at, e.Symptom.Path))
		}
		d.Notes = append(d.Notes, Note{NoteVolume, fmt.Sprintf("a program in a container runs as %s as a rule, "+
			"whatever it runs as on the host", in.Domain)})
	}
	if byText {
		if in.Domain == "" {
			d.Missing = nil
			d.gap(NoContainerDomain, "")
		}
		d.Notes = append(d.Notes, Note{NoteVolume, "the line does not say where the program ran: by the text it is " +
			"taken to be in a container"})
	}
	if !in.mounts {
		d.Notes = append(d.Notes, Note{NoteVolume, in.meaning(name)})
	}
	if mount != nil && mount.Label() == 0 {
		if n, ok := g.hostLabel(in); ok {
			d.Notes = append(d.Notes, n)
		}
	}
	return true
}

// bindsSocket reports whether a program was refused to make a UNIX socket with a path.
func bindsSocket(d *SymptomDiagnosis) bool {
	return d.Protocol == network.UnixStream && strings.HasPrefix(d.Path, "/") &&
		(d.Operation == network.Bind || d.Operation == network.Listen)
}

// takenMount reports whether a socket is made in a pod, by the words of the text, which names one directory of the host
// for it.
func (g *Diagnoser) takenMount(d *SymptomDiagnosis, e *audit.Event) bool {
	return bindsSocket(d) && e.Symptom.Program == "" && g.prose.Pods && g.prose.Inside && len(g.prose.Mounts) == 0 &&
		len(g.prose.HostPaths) == 1 &&
		!slices.Contains([]string{"/", "/run", "/var/run", "/tmp"}, path.Dir(d.Path)) // which images have
}

// withoutPath reports whether a complaint without a path is one of a container, as the text says, which gets
// directories of the host.
func (g *Diagnoser) withoutPath(e *audit.Event) bool {
	return e.Symptom.Path == "" && g.prose.Inside && len(g.prose.Mounts) > 0 && !startsContainers(e.Symptom.Program)
}

// toolInside reports whether a program of which only the text around it can tell where it ran, as it is a tool of a
// shell or has no name, ran in a container by that text: something happens inside of one, or all is about pods.
func (g *Diagnoser) toolInside(d *SymptomDiagnosis, e *audit.Event) bool {
	s := e.Symptom
	return (g.prose.Inside || g.prose.Pods && ofPeople(s.Program)) && (s.Program == "" || ofPeople(s.Program)) &&
		e.Node == "" && strings.HasPrefix(s.Path, "/") && !startsContainers(s.Program) &&
		d.Subject.Context.Type == 0
}

// meaning says what the path tells.
func (in *Inside) meaning(name string) string {
	switch in.Kind {
	case InsideEngine:
		return fmt.Sprintf("%s is a file that the engine makes for each container in its storage on the host, and "+
			"mounts: it has the label of that storage", name)
	case InsideVolume:
		if in.Taken {
			return fmt.Sprintf("the text does not say where %s of the host is in the container: it is taken to be %s",
				in.Mount.Host, in.Mount.Container)
		}
		return fmt.Sprintf("by the text %s is %s of the host", name, in.Host)
	case InsideHost:
		if strings.HasPrefix(in.Host, "/proc/") {
			return fmt.Sprintf("by custom %s is %s of the host, and has the label of that process there, its domain",
				name, in.Host)
		}
		return fmt.Sprintf("by custom %s is %s of the host, mounted into the container; a file that another container "+
			"made there has the categories of that one, and this one has others", name, in.Host)
	}
	return "the path is one of the container, not of the host: a file of the image has the label of the engine's " +
		"storage on the host, a file of a volume that of the directory that was mounted"
}

// containerDomain returns the type that engines start containers with.
func (g *Diagnoser) containerDomain() string {
	for _, name := range [...]string{"container_t", "svirt_lxc_net_t"} {
		if id, ok := g.p.Type(name); ok {
			return g.p.TypeName(id)
		}
	}
	return ""
}

// hostPath returns the path on the host of a file below the directory where containers have the host's root by custom,
// "" for others. A directory of that name in the system at hand is one of the host.
func (g *Diagnoser) hostPath(name string) string {
	for _, root := range [...]string{"/host", "/hostfs", "/rootfs", "/host-root"} {
		if rest, ok := strings.CutPrefix(name, root+"/"); ok && (g.system == nil || g.kindAt(root) == "") {
			return "/" + rest
		}
	}
	return ""
}

// madeByEngine reports whether a file is one that engines make for each container.
func madeByEngine(name string) bool {
	switch name {
	case "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/run/.containerenv", "/.dockerenv":
		return true
	}
	return strings.HasPrefix(name, "/run/secrets/") || name == "/run/secrets"
}
