package audit

import (
	"strings"

	"github.com/senet-selinux/senet/audit/internal/mount"
)

// A Mount is a directory or file of the host that a container gets.
type Mount = mount.Mount

// The forms in which a text has mounts.
const (
	MountRun     = mount.Run
	MountOption  = mount.Option
	MountCompose = mount.Compose
	MountLong    = mount.Long
	MountQuadlet = mount.Quadlet
	MountPod     = mount.Pod
)

// MountOf returns the mount that has a path in a container, and the path on the host; nil if there is none. Of mounts
// one below the other it is the innermost.
func (p *Prose) MountOf(name string) (found *Mount, host string) {
	for i := range p.Mounts {
		m := &p.Mounts[i]
		if at, ok := m.Within(name); ok && (found == nil || len(m.Container) > len(found.Container)) {
			found, host = m, at
		}
	}
	return found, host
}

// Shared reports whether another container gets the directory of a mount too, or one in it or around it.
func (p *Prose) Shared(m *Mount) bool {
	for i := range p.Mounts {
		o := &p.Mounts[i]
		if o.Owner != m.Owner && (o.Host == m.Host || strings.HasPrefix(o.Host, m.Host+"/") ||
			strings.HasPrefix(m.Host, o.Host+"/")) {
			return true
		}
	}
	return false
}
