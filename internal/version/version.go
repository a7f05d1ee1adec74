// Package version identifies this senet: its release, its commit, and the versions of policies and
// kernels that it knows.
package version

import (
	"runtime"
	"runtime/debug"

	"github.com/senet-selinux/senet/policydb"
)

// Release builds set these with the linker (-X); see packaging/release.sh.
// A build without them is a development build.
var (
	release string // "1.2.3"
	commit  string // the full hash
)

// KernelModel names the Linux versions on which senet's model of the kernel's
// network checks is judged (test/kernel), oldest first. Differences of other
// versions that the kernel's sources show are modelled beside them.
func KernelModel() []string { return []string{"6.1", "6.12"} }

// Info describes a build.
type Info struct {
	// Version is a semantic version without a leading v, or "devel" for a build
	// that is no release.
	Version string
	// Commit is the commit that was built, "" where it is not known. A trailing
	// "+dirty" says that files had been changed since.
	Commit string
	// Go is the version of the compiler, such as "go1.26.8".
	Go string
	// Platform is the operating system and architecture, such as "linux/amd64".
	Platform string
	// PolicyMin and PolicyMax are the oldest and the newest version of the binary
	// policy that can be read and written.
	PolicyMin, PolicyMax int
	// Kernels is KernelModel.
	Kernels []string
}

// Get describes this build.
func Get() Info {
	info := Info{
		Version: release, Commit: commit, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		PolicyMin: policydb.MinVersion, PolicyMax: policydb.MaxVersion, Kernels: KernelModel(),
	}
	if info.Version == "" {
		info.Version = "devel"
	}
	if build, ok := debug.ReadBuildInfo(); ok && info.Commit == "" {
		info.Commit = revision(build.Settings)
	}
	return info
}

// revision is the commit that the go command recorded.
func revision(settings []debug.BuildSetting) string {
	var hash, dirty string
	for _, s := range settings {
		switch {
		case s.Key == "vcs.revision":
			hash = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			dirty = "+dirty"
		}
	}
	if hash == "" {
		return ""
	}
	return hash + dirty
}
