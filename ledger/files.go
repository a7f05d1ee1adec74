package ledger

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/semanage"
)

// files adds the lines of files of local records that package semanage does not change.
func (r *reader) files() {
	for _, f := range []struct {
		kind Kind
		path string
		read func(line string) (key, here string)
	}{
		{FileContext, r.store.Path("active/file_contexts.local"), fileContextLine},
		{Equivalence, path.Join("/etc/selinux", r.store.Name(), "contexts/files/file_contexts.subs"), equivalenceLine},
		{Login, r.store.Path("active/seusers.local"), loginLine},
		{User, r.store.Path("active/users.local"), userLine},
	} {
		known := func(k semanage.Kind) bool { return Kind(k.String()) == f.kind }
		if slices.ContainsFunc(semanage.Kinds(), known) {
			continue // read as records
		}
		text, err := r.store.Root().ReadFile(f.path, sysroot.MaxRecords)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			r.gap(f.kind, err)
			continue
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			key, here := f.read(line)
			r.add(Item{Kind: f.kind, Key: key, Here: here})
		}
	}
}

// fileContextLine splits a line of file_contexts.local: a pattern, a kind of files that
// may be left out, and a context. The key has the kind where there is one, since both
// make a record.
func fileContextLine(line string) (key, here string) {
	fields := strings.Fields(line)
	last := len(fields) - 1
	return strings.Join(fields[:last], " "), fields[last]
}

// equivalenceLine splits a line of file_contexts.subs: what is labelled as what.
func equivalenceLine(line string) (key, here string) {
	key, here, _ = strings.Cut(line, " ")
	return key, strings.TrimSpace(here)
}

func loginLine(line string) (key, here string) {
	key, here, _ = strings.Cut(line, ":")
	return key, here
}

// userLine splits a line of users.local: user NAME roles ...;
func userLine(line string) (key, here string) {
	key, here, _ = strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "user")), " ")
	return key, strings.TrimSpace(strings.TrimSuffix(here, ";"))
}
