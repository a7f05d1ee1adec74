package stores

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A Snapshot is the files of a store and of its part of /etc/selinux: their modes
// and contents by path.
type Snapshot map[string]string

// Parts are the parts of a Snapshot that it has only on request.
type Parts struct {
	Modules bool // which no transaction of local records changes
	Number  bool // of the transaction
}

// Snap reads the state that a transaction may change. Locks, the sandbox, which a
// failed semanage leaves until the next one, and senet's own files are left out.
func Snap(root, store string, parts Parts) (Snapshot, error) {
	s := Snapshot{}
	for _, top := range []string{dir(root, store), filepath.Join(root, "etc/selinux", store)} {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			switch name := d.Name(); {
			case d.IsDir() && (name == "modules" && !parts.Modules || name == "tmp"):
				return fs.SkipDir
			case d.IsDir(), strings.HasPrefix(name, "senet."), strings.HasSuffix(name,
				".LOCK"), name == "commit_num" && !parts.Number:
				return nil
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			data, err := os.ReadFile(path)
			s[strings.TrimPrefix(path, root)] = fmt.Sprintf("%v ", info.Mode()) + string(data)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

// DropEmpty forgets the files of local records without records.
func (s Snapshot) DropEmpty() {
	for path, data := range s {
		if !strings.HasSuffix(path, ".local") {
			continue
		}
		_, text, _ := strings.Cut(data, " ") // behind the modes
		empty := true
		for line := range strings.Lines(text) {
			empty = empty && (strings.TrimSpace(line) == "" || line[0] == '#')
		}
		if empty {
			delete(s, path)
		}
	}
}

// Diff lists where two states differ, "" for nowhere.
func (s Snapshot) Diff(other Snapshot) string {
	var out strings.Builder
	for path, data := range s {
		got, ok := other[path]
		switch {
		case !ok:
			fmt.Fprintf(&out, "%s is missing\n", path)
		case got != data && len(data)+len(got) < 4000:
			fmt.Fprintf(&out, "%s:\n%s\n--- is\n%s\n", path, data, got)
		case got != data:
			at := 0
			for at < min(len(got), len(data)) && got[at] == data[at] {
				at++
			}
			fmt.Fprintf(&out, "%s differs at %d (%d and %d bytes)\n", path, at, len(data), len(got))
		}
	}
	for path := range other {
		if _, ok := s[path]; !ok {
			fmt.Fprintf(&out, "%s is too much\n", path)
		}
	}
	return out.String()
}
