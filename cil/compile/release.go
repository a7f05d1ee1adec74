package compile

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// A Release is a release of libsepol: 4 stands for 3.4. The language, the order
// of the policy and what is an error differ between them. The zero value is the
// newest one.
type Release uint8

// The oldest and the newest release that the compiler follows.
const (
	OldestRelease Release = 4
	NewestRelease Release = 11
)

// ParseRelease reads a release such as "3.4". An empty text is the newest one.
func ParseRelease(text string) (Release, error) {
	if text == "" {
		return NewestRelease, nil
	}
	minor, ok := strings.CutPrefix(text, "3.")
	n, err := strconv.ParseUint(minor, 10, 8)
	if r := Release(n); ok && err == nil && r >= OldestRelease && r <= NewestRelease {
		return r, nil
	}
	return 0, fmt.Errorf("libsepol %s is not known: want %s to %s", text, OldestRelease, NewestRelease)
}

// String returns the release as its authors write it, such as "3.4".
func (r Release) String() string { return "3." + strconv.Itoa(int(r.known())) }

func (r Release) known() Release {
	if r == 0 {
		return NewestRelease
	}
	return r
}

// Version returns the newest version of the binary policy that the release
// writes, which is what its secilc writes if it is not told another.
func (r Release) Version() uint32 {
	switch r = r.known(); {
	case r >= 9:
		return 35
	case r >= 8:
		return 34
	}
	return 33
}

// SymbolHash returns the order in which the release writes symbol tables.
func (r Release) SymbolHash() policydb.SymbolHash {
	if r.known() >= 6 {
		return policydb.HashDJB2a
	}
	return policydb.HashShift
}

// since reports whether the compiler follows libsepol 3.n or a newer one.
func (o *Options) since(n Release) bool { return o.Libsepol.known() >= n }
