package kernel

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
)

// vmlinux returns the ELF file that a bzImage holds compressed: qemu boots it
// by its PVH note, without the time it takes to decompress it in the guest.
// See scripts/extract-vmlinux in the kernel's sources for the idea.
func vmlinux(ctx context.Context, bz []byte) ([]byte, error) {
	formats := []struct {
		magic string
		tool  []string
	}{
		{"\x1f\x8b\x08", nil},
		{"\xfd7zXZ\x00", []string{"xz", "-dc", "--single-stream"}},
		{"\x28\xb5\x2f\xfd", []string{"zstd", "-dc"}},
		{"\x02\x21\x4c\x18", []string{"lz4", "-dc"}},
	}
	var errs []error
	for _, f := range formats {
		for at := 0; ; {
			i := bytes.Index(bz[at:], []byte(f.magic))
			if i < 0 {
				break
			}
			at += i
			elf, err := decompress(ctx, f.tool, bz[at:])
			if bytes.HasPrefix(elf, []byte("\x7fELF")) {
				return elf, nil
			}
			if err != nil {
				errs = append(errs, err)
			}
			at += len(f.magic)
		}
	}
	return nil, fmt.Errorf("no kernel in the bzImage: %w", errors.Join(errs...))
}

// decompress returns a tool's output for data. Other bytes follow the end of the data, so the tool
// may complain after it has written everything.
func decompress(ctx context.Context, tool []string, data []byte) ([]byte, error) {
	if tool == nil {
		r, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		r.Multistream(false)
		return io.ReadAll(r)
	}
	cmd := exec.CommandContext(ctx, tool[0], tool[1:]...)
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w", tool[0], err)
	}
	return out, err
}
