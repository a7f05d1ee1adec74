package sysroot

import (
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// ErrTooLarge is wrapped by errors about files beyond the size limit of their kind.
var ErrTooLarge = errors.New("file is too large")

// A KindError says that something is not the kind of file that it should be: not
// regular where a file is to be read, no directory where one is to be listed.
type KindError struct {
	Path string
	// Mode has the type bits of the file that is there.
	Mode fs.FileMode
	// Want is the kind that was expected: 0 for a regular file, [fs.ModeDir].
	Want fs.FileMode
}

func (e *KindError) Error() string { return e.Path + ": " + e.Unwrap().Error() }

// Unwrap returns the error without the path.
func (e *KindError) Unwrap() error {
	return fmt.Errorf("is %s, not %s", KindOf(e.Mode), KindOf(e.Want))
}

// KindOf names the kind of a file, with its article: "a FIFO".
func KindOf(mode fs.FileMode) string {
	switch t := mode.Type(); {
	case t == 0:
		return "a regular file"
	case t&fs.ModeDir != 0:
		return "a directory"
	case t&fs.ModeSymlink != 0:
		return "a symbolic link"
	case t&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case t&fs.ModeSocket != 0:
		return "a socket"
	case t&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}

// An Info has the properties of a file that can be read without opening it. It is an [fs.FileInfo].
type Info struct {
	name     string
	size     int64
	mode     fs.FileMode
	modified time.Time
	changed  time.Time // zero where it is not known
	uid, gid int
	owned    bool
	inode    uint64
}

// Name returns the last element of the path that was asked for.
func (i Info) Name() string { return i.name }

// Size returns the length in bytes.
func (i Info) Size() int64 { return i.size }

// Mode returns the kind and the permissions.
func (i Info) Mode() fs.FileMode { return i.mode }

// ModTime returns when the content was last changed.
func (i Info) ModTime() time.Time { return i.modified }

// Changed returns when the content or a property of the file last changed (st_ctime), which no program can set; the
// zero time where that is not known.
func (i Info) Changed() time.Time { return i.changed }

// IsDir reports whether it is a directory.
func (i Info) IsDir() bool { return i.mode.IsDir() }

// Sys returns nil.
func (i Info) Sys() any { return nil }

// Owner returns the numbers of the user and the group; ok is false on systems that
// have none.
func (i Info) Owner() (uid, gid int, ok bool) { return i.uid, i.gid, i.owned }

// Inode returns the number of the file in its file system, 0 if it is not known.
func (i Info) Inode() uint64 { return i.inode }
