package semanage

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

const (
	journalName = "senet.journal"
	undoName    = "senet.undo"
)

// A journal describes a transaction that is being put in place. It is complete
// on disk before anything visible changes, and becomes senet.undo when all is
// done.
type journal struct {
	Version  int    `json:"senet"` // 2 where more than records and the policy change
	Old      int    `json:"old"`   // commit numbers
	New      int    `json:"new"`
	Tree     bool   `json:"tree"`     // whole directories are exchanged
	Previous bool   `json:"previous"` // the old one is kept
	Load     bool   `json:"load"`     // the kernel gets the policy
	Final    string `json:"final"`    // the installed policy: "policy.33"
	// Files are the new files of the active directory, by their paths in it. Without
	// Tree, the first is the one whose renaming is the transaction.
	Files []digest `json:"files"`
	// Dirs are new directories of the active directory, without Tree. They are made in
	// the sandbox, with their files, and renamed as wholes.
	Dirs []string `json:"dirs,omitempty"`
	// Removed are the files and directories that go from the active directory.
	Removed []string `json:"removed,omitempty"`
	// Installed are the new files of /etc/selinux/TYPE beside the policy, and
	// Uninstalled those that go.
	Installed   []digest `json:"installed,omitempty"`
	Uninstalled []string `json:"uninstalled,omitempty"`
	// Undo lists the steps that take the transaction back, in this order.
	Undo []undoEntry `json:"undo"`
}

// A digest identifies the content of a file.
type digest struct {
	Name string `json:"name"`
	Size int    `json:"size"`
	CRC  uint32 `json:"crc32c"`
	// Same says that the file had this content before: that it has it now says
	// nothing about the transaction.
	Same bool `json:"same,omitempty"`
}

func digestOf(name string, data []byte) digest {
	return digest{Name: name, Size: len(data), CRC: crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli))}
}

// matches reports whether the file at path is the one of the digest.
func (s *Store) matches(d digest, path string) bool {
	info, err := s.root.Stat(path)
	if err != nil || info.Size() != int64(d.Size) {
		return false
	}
	data, err := s.root.ReadFile(path, maxPolicy)
	now := digestOf(d.Name, data)
	return err == nil && now.Size == d.Size && now.CRC == d.CRC
}

// An undoEntry is one [Difference] as text.
type undoEntry struct {
	Kind   string `json:"kind"`
	Before string `json:"before,omitempty"` // the line of the file, "" if there was none
	After  string `json:"after,omitempty"`
	Index  int    `json:"index"` // where Before stood in the file
}

const maxJournal = sysroot.MaxRecords

// readJournal reads the journal or the undo file. One that is cut off or otherwise
// not a journal wraps ErrSyntax, one of a newer version ErrNewer.
func (s *Store) readJournal(name string) (*journal, error) {
	text, err := s.root.ReadFileItself(s.path(name), maxJournal)
	if err != nil {
		return nil, err
	}
	return parseJournal(s.display(s.path(name)), text)
}

const (
	journalVersion  = 2 // the newest
	versionRecords  = 1 // of a transaction of records alone
	versionRebuilds = 2
)

func parseJournal(name string, text []byte) (*journal, error) {
	var j journal
	if len(text) > maxJournal {
		return nil, fmt.Errorf("%s: %w: larger than %d bytes", name, ErrSyntax, maxJournal)
	}
	// A newer one may have members of other types.
	var newer *json.UnmarshalTypeError
	if err := json.Unmarshal(text, &j); errors.As(err, &newer) && newer.Field == "senet" {
		return nil, fmt.Errorf("%s: %w: its version is a %s", name, ErrNewer, newer.Value)
	} else if err != nil && !(errors.As(err, &newer) && j.Version > journalVersion) {
		return nil, fmt.Errorf("%s: %w: %w", name, ErrSyntax, err)
	}
	if j.Version > journalVersion {
		return nil, fmt.Errorf("%s: %w: it has version %d, this one knows %d", name, ErrNewer, j.Version,
			journalVersion)
	}
	bad := j.Version < versionRecords || len(j.Files) == 0 || !plainName(j.Final)
	for _, f := range slices.Concat(j.Files, j.Installed) {
		bad = bad || !inside(f.Name)
	}
	for _, name := range slices.Concat(j.Dirs, j.Removed, j.Uninstalled) {
		bad = bad || !inside(name)
	}
	if bad {
		return nil, fmt.Errorf("%s: %w: not a journal", name, ErrSyntax)
	}
	return &j, nil
}

// inside reports whether the path of a file stays within a directory.
func inside(name string) bool {
	return fs.ValidPath(name) && name != "." && strings.IndexByte(name, 0) < 0
}

// plainName reports whether a name stays within its directory.
func plainName(name string) bool {
	return name != "" && name != "." && name != ".." && path.Base(name) == name
}

// find returns the digest of a file by name.
func (j *journal) find(name string) (digest, bool) {
	for _, d := range j.Files {
		if d.Name == name {
			return d, true
		}
	}
	return digest{}, false
}

// isGone reports whether an error is that a file does not exist.
func isGone(err error) bool { return errors.Is(err, fs.ErrNotExist) }
