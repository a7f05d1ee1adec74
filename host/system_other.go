//go:build !linux

package host

import (
	"errors"
	"io/fs"
)

// Other systems have no running SELinux; files, images and saved facts can be read.

func askNetlink(netlinkRequest) ([]netlinkMessage, error) { return nil, errors.ErrUnsupported }

func inNetNS(string, func() error) error { return errors.ErrUnsupported }

func kernelRelease() (string, error) { return "", errors.ErrUnsupported }

func vanished(err error) bool { return errors.Is(err, fs.ErrNotExist) }
