package policydb

import (
	"errors"
	"fmt"
	"strings"
)

// An InvalidError is the fault by which [Policy.Validate] found that a kernel refuses a policy.
type InvalidError struct {
	// Section is the part of the policy, in the words of [DecodeError].
	Section string
	// Record is the 0-based number of the record within its section, -1 where
	// the section as a whole is at fault.
	Record int
	// Err is the reason.
	Err error
}

func (e *InvalidError) Error() string {
	if e.Record < 0 {
		return fmt.Sprintf("kernels refuse the policy: %s: %v", e.Section, e.Err)
	}
	return fmt.Sprintf("kernels refuse the policy: %s: record %d: %v", e.Section, e.Record, e.Err)
}

func (e *InvalidError) Unwrap() error { return e.Err }

// Validate reports the first thing that a kernel refuses at load although
// [Decode] reads it: a symbol or rule that is there twice, a value without a
// symbol where the kernel needs one, a context that combines what may not be
// combined, bounds that are broken, the class process missing. Decode reads such
// policies because libsepol does, and tools that only look at a policy have no
// reason to refuse them. The error is an [*InvalidError].
//
// It mirrors what policydb_read, policydb_load_isids and sel_make_policy_nodes
// of security/selinux check as of Linux 6.12.117, so that Decode and Validate
// together accept what that kernel loads; earlier ones check less. It also
// refuses what such a kernel loads and then falls over when it uses it: a bound
// or a context with a value that has no symbol, a constraint with a comparison
// that does not exist. What depends on the kernel it
// leaves out: the versions it knows, and the classes and permissions that a
// policy must define if its [HandleUnknown] is [UnknownReject].
func (p *Policy) Validate() error {
	v := &validator{p: p, record: -1}
	v.enter("header")
	if p.Target != TargetSELinux {
		v.failf("a policy for %s", p.Target)
	}
	v.enter("policycaps")
	v.bitmap(p.PolicyCaps)
	v.enter("permissive map")
	v.bitmap(p.Permissive)
	v.symbols()
	v.rules()
	v.contexts()
	v.boolFiles()
	v.enter("type_attr_map")
	for i := range p.TypeAttrMap {
		v.record = i
		v.bitmap(p.TypeAttrMap[i])
	}
	if p.boundary() {
		v.bounds()
	}
	if v.err != nil {
		return v.err
	}
	return nil
}

// A validator looks at a policy as a kernel does that loads it. The first
// failure sticks.
type validator struct {
	p       *Policy
	section string
	record  int
	err     *InvalidError

	// Symbols by value less one, nil for a value without a symbol, as in the kernel's val_to_struct
	// tables.
	classes []*Class
	roles   []*Role
	types   []*Type
	users   []*User
	levels  []*Sensitivity // these two by sym_val_to_name: no aliases
	cats    []*Category

	process uint32 // the value of the class process
}

func (v *validator) enter(section string) { v.section, v.record = section, -1 }

func (v *validator) fail(err error) {
	if v.err == nil {
		v.err = &InvalidError{Section: v.section, Record: v.record, Err: err}
	}
}

func (v *validator) failf(format string, args ...any) {
	if v.err == nil {
		v.fail(fmt.Errorf(format, args...))
	}
}

// cName returns a name as the kernel has it, which reads as many bytes as the
// file says and then takes the string to end at the first zero byte.
func cName(name string) string {
	name, _, _ = strings.Cut(name, "\x00")
	return name
}

var errBitmapEnd = errors.New("bitmap: the high bit is not the end of the last node")

// kernelNode is the number of bits that the kernel keeps in one node of a bitmap (EBITMAP_SIZE
// where a pointer has 64 bits).
const kernelNode = 384

// bitmap checks what ebitmap_read does beyond the cursor's own method of that name: that the
// high bit is at the end of the last node, in the kernel's nodes.
func (v *validator) bitmap(b Bitmap) {
	if b.nodes == "" || v.err != nil {
		return
	}
	last := le32(b.nodes, len(b.nodes)-bitmapNodeSize)
	if high := uint64(b.highbit) + kernelNode - 1; high/kernelNode != uint64(last)/kernelNode+1 || high > 1<<32-1 {
		v.fail(errBitmapEnd)
	}
}
