package cli

import (
	"io"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// readInput reads a file, or standard input for "-" and "".
func readInput(name string, stdin io.Reader) ([]byte, error) {
	var text []byte
	var err error
	if name == "" || name == "-" {
		text, err = sysroot.ReadAll(stdin, sysroot.MaxRecords)
	} else {
		text, err = sysroot.ReadInput(name, sysroot.MaxRecords)
	}
	if err != nil {
		return nil, unreadable(err, "")
	}
	return text, nil
}

func inputName(name string) string {
	if name == "" || name == "-" {
		return "standard input"
	}
	return name
}
