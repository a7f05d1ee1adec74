package network

import (
	"github.com/senet-selinux/senet/policy"
)

// A Lookup is a file check that is made to find or create a unix socket: search of a directory, write to a
// sock_file, create of a sock_file.
type Lookup struct {
	Path  string // for people
	Label policy.Context
	// Source is the label whose access is checked; nil means the process's label. For associate it is the label of
	// the new file.
	Source      *policy.Context
	Class, Perm string
	From        string // where the label comes from, for people
}

// looksUp reports whether a call finds the other unix socket by its path.
func (a *asking) looksUp(call Call) bool {
	return a.s.Unix() && (call == CallConnect && !a.q.Disconnect || call == CallSend && a.s.Protocol == UnixDgram)
}

// Unix reports whether the socket is of AF_UNIX.
func (s *Socket) Unix() bool { return s.Protocol == UnixStream || s.Protocol == UnixDgram }

// lookups returns the layers of the question's Lookups: inode_permission and may_create, as the kernel follows a
// path (unix_find_bsd, unix_bind_bsd in net/unix/af_unix.c).
func (a *asking) lookups(call Call) []LayerAnswer {
	list := make([]LayerAnswer, 0, len(a.q.Lookups))
	for i := range a.q.Lookups {
		f := &a.q.Lookups[i]
		l := LayerAnswer{
			Row: Row{
				Call: call, Layer: LayerFile, Source: PartyTask, Target: PartyFile, Class: f.Class, Perm: f.Perm,
				When:  Always,
				Errno: EACCES, Mirrors: "selinux_inode_permission",
			},
			Consulted: true,
		}
		source := a.q.Subject
		switch f.Perm {
		case "create", "add_name":
			l.Mirrors = "may_create"
		case "associate":
			l.Mirrors, l.Source = "may_create", PartyFile
		}
		if f.Source != nil {
			source = *f.Source
		}
		a.askPair(&l, &pair{source: source, target: f.Label, why: f.From})
		list = append(list, l)
	}
	return list
}
