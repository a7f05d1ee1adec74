package policydb

import (
	"errors"
	"fmt"
)

// ErrNotPolicy is what a [*DecodeError] wraps when the input does not begin as
// a binary kernel policy does: a source policy, a module (.pp), an archive.
var ErrNotPolicy = errors.New("not a binary kernel policy")

// ErrUnsupportedVersion is what a [*DecodeError] wraps when the input is a
// kernel policy of a version outside [MinVersion] to [MaxVersion].
var ErrUnsupportedVersion = errors.New("unsupported policy version")

// A DecodeError says where and why Decode refused its input.
type DecodeError struct {
	// Section is the part of the file, in the field's own words: "types", "avtab".
	Section string
	// Record is the 0-based number of the record within its section, -1 where
	// the section has none or the header of the section is at fault.
	Record int
	// Offset is the byte offset, from the beginning of the file, at which
	// reading stopped.
	Offset int
	// Err is the reason.
	Err error
}

func (e *DecodeError) Error() string {
	if e.Record < 0 {
		return fmt.Sprintf("decode %s: at offset %#x: %v", e.Section, e.Offset, e.Err)
	}
	return fmt.Sprintf("decode %s: record %d at offset %#x: %v", e.Section, e.Record, e.Offset, e.Err)
}

func (e *DecodeError) Unwrap() error { return e.Err }
