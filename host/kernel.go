package host

import (
	"strconv"
	"strings"
)

// A State is yes, no or unknown.
type State string

// The states.
const (
	Yes          State = "yes"
	No           State = "no"
	StateUnknown State = "unknown"
)

// A Kernel has the properties of the network checks that depend on the kernel's version.
type Kernel struct {
	// Release is the output of uname -r: 6.12.97-amd64.
	Release string `json:"release"`
	// Version has the numbers at the beginning of Release.
	Version Version `json:"version"`
	// FastOpenCheck says that sendto(MSG_FASTOPEN) is checked like connect(): only kernels since
	// mid-2026 do this.
	FastOpenCheck State `json:"fast_open_check"`
	// DCCP says whether the kernel can make DCCP sockets. Linux 6.16 removed them.
	DCCP State `json:"dccp"`
	// PolicyVersion is the highest version of the policy format that the kernel
	// loads, 0 if unknown.
	PolicyVersion int `json:"policy_version_max"`
}

// A Version is a kernel's version: 6.12.97.
type Version struct {
	Major int `json:"major"`
	Minor int `json:"minor"`
	Patch int `json:"patch"`
}

// AtLeast reports whether the version is major.minor or later.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// ParseRelease reads the version at the beginning of a kernel release; ok is false if there is
// none.
func ParseRelease(release string) (v Version, ok bool) {
	rest := release
	for i, to := range []*int{&v.Major, &v.Minor, &v.Patch} {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.ParseUint(rest[:digits], 10, 16)
		if err != nil {
			return v, i >= 2
		}
		*to, rest = int(n), rest[digits:]
		if i < 2 && !strings.HasPrefix(rest, ".") {
			return v, i == 1
		}
		rest = strings.TrimPrefix(rest, ".")
	}
	return v, true
}

// newKernel returns the properties of a kernel release.
func newKernel(release string) Kernel {
	k := Kernel{Release: release, FastOpenCheck: StateUnknown, DCCP: StateUnknown}
	v, ok := ParseRelease(release)
	if !ok {
		return k
	}
	k.Version = v
	k.FastOpenCheck = fastOpenCheck(v)
	if v.Patch == 0 && k.FastOpenCheck == No && strings.Contains(release, "-") {
		k.FastOpenCheck = StateUnknown // 6.1.0-37-amd64: the number of Debian's ABI, for any patch level
	}
	if v.AtLeast(6, 16) {
		k.DCCP = No
	}
	k.PolicyVersion = policyVersion(v)
	return k
}

// debianVersion returns the version that Debian builds a kernel from, from /proc/version: "... #1
// SMP Debian 6.1.192-1 (2026-07-11)". The release of uname -r has the ABI number instead of the
// patch level.
func debianVersion(proc string) (Version, bool) {
	_, rest, ok := strings.Cut(proc, " Debian ")
	if !ok {
		return Version{}, false
	}
	word, _, _ := strings.Cut(rest, " ")
	upstream, _, revised := strings.Cut(strings.TrimSpace(word), "-")
	if !revised || strings.Count(upstream, ".") != 2 {
		return Version{}, false
	}
	return ParseRelease(upstream)
}

// patched corrects the patch level of a Debian kernel, and the properties that depend on it.
func (k *Kernel) patched(proc string) bool {
	v, ok := debianVersion(proc)
	if !ok || v.Major != k.Version.Major || v.Minor != k.Version.Minor {
		return false
	}
	k.Version, k.FastOpenCheck = v, fastOpenCheck(v)
	return true
}

// fastOpenCheck knows the releases with "selinux: check connect-related permissions on TCP Fast Open"
// (44c74d27d1b9, merged for 7.2): 6.12.97 and 6.1.178 have it by their changelogs. For other stable series the
// first release with it is not known here, and distributions apply it to kernels of any number.
func fastOpenCheck(v Version) State {
	switch {
	case v.AtLeast(7, 2):
		return Yes
	case v.Major == 6 && v.Minor == 12:
		return yesNo(v.Patch >= 97)
	case v.Major == 6 && v.Minor == 1:
		return yesNo(v.Patch >= 178)
	}
	return StateUnknown
}

func yesNo(b bool) State {
	if b {
		return Yes
	}
	return No
}

// policyVersion returns POLICYDB_VERSION_MAX of include/security.h by release; 0 before 2.6.28,
// which also lacks the other interfaces that senet reads.
func policyVersion(v Version) int {
	steps := []struct{ major, minor, version int }{
		{6, 17, 35}, {6, 14, 34}, {5, 8, 33}, {5, 5, 32}, {4, 13, 31}, {4, 3, 30}, {3, 14, 29}, {3, 5, 28},
	}
	for _, s := range steps {
		if v.AtLeast(s.major, s.minor) {
			return s.version
		}
	}
	return 0
}

// parseProtocols reports whether /proc/net/protocols lists a protocol.
func parseProtocols(b []byte, name string) bool {
	for line := range strings.Lines(string(b)) {
		if first, _, _ := strings.Cut(line, " "); first == name {
			return true
		}
	}
	return false
}
