package setools

import (
	"errors"
	"io/fs"
	"strings"
	"syscall"

	"github.com/senet-selinux/senet/internal/argparse"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydb"
)

// openInfoPolicy opens the named policy, or this machine's if path is "". The error is an *Exit with SETools' text.
// If the file is not a policy, reason says why; else reason is nil. typed comes from inertArgs.
func openInfoPolicy(path string, typed map[string]string) (db *policydb.Policy, found string, reason, err error) {
	if path == "" {
		file, err := policyfile.Find("")
		if err != nil {
			return nil, "", nil, failure("Unable to locate an SELinux policy to load.")
		}
		path = file.Path()
	}
	if text, ok := typed[path]; ok {
		path = text
	}
	db, err = policyfile.Open(path)
	path = words.Safe(path)
	if err == nil {
		return inertNames(db), path, nil, nil
	}
	var number syscall.Errno
	var pathError *fs.PathError
	if errors.As(err, &pathError) && errors.As(err, &number) && pathError.Op == "open" {
		return nil, path, nil, failure("[Errno " + itoa(uint64(number)) + "] " + capitalised(number.Error()) + ": " +
			argparse.Repr(path))
	}
	// 33 is the newest version that the libsepol of the reproduced release reads.
	return nil, path, err, failure("Invalid policy: " + path +
		". A binary policy must be specified. (use e.g. policy.33 or sepolicy) " +
		"Source policies are not supported.")
}

// capitalised turns Go's text of an errno into glibc's.
func capitalised(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
