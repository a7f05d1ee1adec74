package policydb

import (
	"errors"
	"fmt"
)

// ErrNotPolicy is wrapped by a [*DecodeError] when the input does not begin as a binary kernel
// policy does: a source policy, a module (.pp), an archive.
var ErrNotPolicy = errors.New("not a binary kernel policy")

// ErrUnsupportedVersion is wrapped by a [*DecodeError] when the input is a kernel policy of a
// version outside [MinVersion] to [MaxVersion].
var ErrUnsupportedVersion = errors.New("unsupported policy version")

// A DecodeError tells the place at which Decode refused its input, and the reason.
type DecodeError struct {
	// Section is the part of the file, in the field's own words: "types", "avtab".
	Section string
	// Record is the 0-based number of the record within its section, -1 if the section has no
	// records or its header is at fault.
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
