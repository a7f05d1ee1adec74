package semanage

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/senet-selinux/senet/internal/contextfile"
)

// What a caller may want to tell apart. Errors of this package wrap these.
var (
	// ErrNoStore: there is no policy store of that name, or it is not one.
	ErrNoStore = errors.New("no policy store")
	// ErrLocked: another transaction held the store's lock for too long.
	ErrLocked = errors.New("the policy store is locked by another transaction")
	// ErrPermission: the store may not be read or written by this process.
	ErrPermission = errors.New("no permission for the policy store")
	// ErrReadOnly: the store is on a file system mounted read-only.
	ErrReadOnly = errors.New("the policy store is on a read-only file system")
	// ErrNoSpace: the file system is full. Nothing was changed, unless the error
	// wraps ErrUnfinished too.
	ErrNoSpace = errors.New("no space left for the policy store")
	// ErrExists: a record with that key is in the policy or among the local ones.
	ErrExists = errors.New("already defined")
	// ErrNotDefined: no record with that key.
	ErrNotDefined = errors.New("not defined")
	// ErrInPolicy: the record is the policy's own. It can be overridden by a
	// local record, not deleted.
	ErrInPolicy = errors.New("defined in policy, cannot be deleted")
	// ErrType: the type does not exist or is not of the kind the record needs.
	ErrType = errors.New("invalid type")
	// ErrRange: a number is outside of the record's limits, or a range is backwards.
	ErrRange = errors.New("out of range")
	// ErrContext: the context is not one of the policy.
	ErrContext = errors.New("invalid security context")
	// ErrContexts: file contexts, of the policy or local ones, cannot be used.
	ErrContexts = contextfile.ErrContexts
	// ErrSyntax: text that is not of the form that was expected.
	ErrSyntax = errors.New("syntax error")
	// ErrRebuild: the store needs its modules built first; see [RebuildError].
	ErrRebuild = errors.New("the policy has to be rebuilt from its modules")
	// ErrUnfinished: the transaction happened, but not everything of it is in
	// place. The next transaction completes it. See [UnfinishedError].
	ErrUnfinished = errors.New("committed, but not everything is in place")
	// ErrNewer: a newer senet left a journal that this one cannot read. It is kept.
	ErrNewer = errors.New("made by a newer senet")
	// ErrUnsafe: others than the owner of the system could have changed the store,
	// or could while it is being changed. See [UnsafeError].
	ErrUnsafe = errors.New("the policy store is not safe to change")
	// errLook: the transaction of [Store.Look] cannot be committed.
	errLook = errors.New("the transaction is for looking only")
	// ErrLoad: the kernel refused the new policy. The store was put back.
	ErrLoad = errors.New("the kernel did not load the policy")
	// ErrNoUndo: no transaction to take back is known.
	ErrNoUndo = errors.New("nothing to undo")
	// ErrUndoStale: something else was committed since.
	ErrUndoStale = errors.New("the store has changed since")
	// ErrFinished: the transaction was committed or closed.
	ErrFinished = errors.New("the transaction is over")
)

// A ParseError is text that is not of the form that libsemanage reads.
type ParseError struct {
	File string // "" where the text is not of a file
	Line int    // 1-based
	Text string // the line
	Err  error
}

func (e *ParseError) Error() string {
	if e.File == "" {
		return fmt.Sprintf("line %d: %v: %q", e.Line, e.Err, e.Text)
	}
	return fmt.Sprintf("%s:%d: %v: %q", e.File, e.Line, e.Err, e.Text)
}

func (e *ParseError) Unwrap() error { return e.Err }

// An OverlapError is two local records of one protocol, or of one subnet
// prefix, that claim the same number. libsemanage refuses such a transaction.
// Overlaps with records of the policy are allowed: the local one wins.
type OverlapError struct {
	A, B Record // in ascending order
}

func (e *OverlapError) Error() string {
	return fmt.Sprintf("overlap between local records: %s and %s", e.A.Key(), e.B.Key())
}

// A RecordError adds the record to an error.
type RecordError struct {
	Op  string // "add", "modify", "delete", "merge"
	Key Key
	Err error
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("%s %s %s: %v", e.Op, e.Key.Kind(), e.Key, e.Err)
}

func (e *RecordError) Unwrap() error { return e.Err }

// An UnfinishedError is about a transaction that happened but could not be finished. It says how
// far the transaction came. It wraps [ErrUnfinished] and what went wrong. The journal is kept: the
// next Begin completes the transaction, after which [Tx.Revert] takes it back.
type UnfinishedError struct {
	// Commit is the transaction's number.
	Commit int
	// InPlace and Missing are the files of the active directory and the installed
	// policy, by their paths: those that are as the transaction makes them now, and
	// those that are not yet.
	InPlace, Missing []string
	// Loaded says whether the kernel has the new policy.
	Loaded bool
	// Err is the error that stopped it. If nothing is missing it may be that the disk did not
	// confirm what was written, or that the kernel refused the values of booleans.
	Err error
}

func (e *UnfinishedError) Error() string {
	text := fmt.Sprintf("transaction %d: %v", e.Commit, ErrUnfinished)
	if len(e.Missing) > 0 {
		text += ", missing: " + strings.Join(e.Missing, ", ")
	}
	return fmt.Sprintf("%s: %v", text, e.Err)
}

func (e *UnfinishedError) Unwrap() []error { return []error{ErrUnfinished, e.Err} }

// An UnsafeError names a file or directory of a store that others could change. It wraps
// [ErrUnsafe].
type UnsafeError struct {
	Path string
	// Everybody is true where all users may write to it. Group is true where the members
	// of its group, GID, may, who own nothing of the store. Both are false where its
	// owner, UID, is neither root, nor who asks, nor the owner of the system under
	// Options.Root.
	Everybody, Group bool
	UID, GID         int
}

func (e *UnsafeError) Error() string {
	if e.Everybody {
		return fmt.Sprintf("%v: everybody may write to %s", ErrUnsafe, e.Path)
	}
	if e.Group {
		return fmt.Sprintf("%v: group %d may write to %s", ErrUnsafe, e.GID, e.Path)
	}
	return fmt.Sprintf("%v: %s belongs to user %d", ErrUnsafe, e.Path, e.UID)
}

func (e *UnsafeError) Unwrap() error { return ErrUnsafe }

// storeError wraps a file error with what it means for the store.
func storeError(err error) error { return StoreError(err) }

// StoreError returns an error of a file of a store with what a caller may want to tell
// apart: it wraps ErrPermission, ErrReadOnly or ErrNoSpace where it is one of them.
func StoreError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: %w", ErrPermission, err)
	case errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrNoSpace, err)
	}
	return err
}
