//go:build linux

package main

import (
	"encoding/binary"
	"errors"
	"unsafe"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

// refer puts the buffers that the one at an offset refers to behind used, and their addresses
// into it. It returns the file that is used then.
func (s *shared) refer(at int, a wire.Arg, used int) (int, error) {
	for _, r := range a.Refs {
		if used+len(r.Buf) > bufSize-64 || r.At < 0 || r.At+8 > len(a.Buf) {
			return 0, errors.New("a buffer that does not fit")
		}
		copy(s.bufs[used:], r.Buf)
		if r.Self > 0 && r.Self < len(r.Buf) && len(r.Buf) >= 8 {
			binary.LittleEndian.PutUint64(s.bufs[used:], uint64(uintptr(unsafe.Pointer(&s.bufs[used+r.Self]))))
		}
		binary.LittleEndian.PutUint64(s.bufs[at+r.At:], uint64(uintptr(unsafe.Pointer(&s.bufs[used]))))
		used += (len(r.Buf) + 15) &^ 15
	}
	return used, nil
}
