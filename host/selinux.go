package host

import (
	"errors"
	"io/fs"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// SELinux is the state of SELinux in selinuxfs, or in /etc/selinux/config for a system that is not
// running.
type SELinux struct {
	// Enabled is true if the kernel has a policy, or would load one at boot.
	Enabled bool `json:"enabled"`
	// Mount is the mount point of selinuxfs, "" if it is not mounted.
	Mount string `json:"mount,omitempty"`
	// Mode is enforcing, permissive or disabled.
	Mode string `json:"mode"`
	// PolicyVersion is the highest policy version the kernel loads (policyvers).
	PolicyVersion int  `json:"policyvers,omitempty"`
	MLS           bool `json:"mls"`
	// DenyUnknown and RejectUnknown are the loaded policy's treatment of undefined classes and
	// permissions.
	DenyUnknown   bool `json:"deny_unknown"`
	RejectUnknown bool `json:"reject_unknown"`
	// Config is the contents of /etc/selinux/config, nil if there is none.
	Config     *Config     `json:"config,omitempty"`
	Booleans   []Boolean   `json:"booleans,omitempty"`            // sorted by name
	PolicyCaps []PolicyCap `json:"policy_capabilities,omitempty"` // sorted by name
}

// A Boolean is the state of a boolean in the loaded policy. Pending is its value after the next
// commit.
type Boolean struct {
	Name    string `json:"name"`
	On      bool   `json:"on"`
	Pending bool   `json:"pending"`
}

// A PolicyCap is a policy capability that the kernel knows.
type PolicyCap struct {
	Name string `json:"name"`
	On   bool   `json:"on"`
}

// A Config is the contents of /etc/selinux/config.
type Config struct {
	Mode string `json:"selinux"`     // SELINUX: enforcing, permissive, disabled
	Type string `json:"selinuxtype"` // SELINUXTYPE: targeted, default, mls
}

// parseConfig reads /etc/selinux/config as libselinux does: the last line that sets a name wins,
// the value of SELINUX is matched by prefix without regard to case, and SELINUXTYPE defaults to
// targeted.
func parseConfig(b []byte) Config {
	c := Config{Type: sysroot.ParseSELinuxType(b)}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if v, ok := strings.CutPrefix(line, "SELINUX="); ok {
			v = strings.ToLower(strings.TrimSpace(v))
			for _, mode := range []string{"enforcing", "permissive", "disabled"} {
				if strings.HasPrefix(v, mode) {
					c.Mode = mode
				}
			}
		}
	}
	return c
}

// parseMount returns the mount point of a file system type, from the text of /proc/self/mounts; ""
// if it is not mounted.
func parseMount(b []byte, fstype string) string {
	for line := range strings.Lines(string(b)) {
		fields := strings.Fields(line)
		if len(fields) >= 3 && fields[2] == fstype {
			return fields[1]
		}
	}
	return ""
}

// parseFlag reads a file of selinuxfs with 0 or 1.
func parseFlag(b []byte) (bool, error) {
	switch trimLabel(b) {
	case "0":
		return false, nil
	case "1":
		return true, nil
	}
	return false, errors.New("neither 0 nor 1")
}

// parseBoolean reads a file of selinuxfs/booleans: the value and the pending one.
func parseBoolean(name string, b []byte) (Boolean, error) {
	now, next, ok := strings.Cut(trimLabel(b), " ")
	on, err := parseFlag([]byte(now))
	if !ok || err != nil {
		return Boolean{}, errors.New("not two values")
	}
	pending, err := parseFlag([]byte(next))
	return Boolean{name, on, pending}, err
}

// trimLabel removes the end that the kernel adds to strings: a NUL, a newline.
func trimLabel(b []byte) string { return strings.TrimRight(string(b), "\x00\n ") }

const (
	maxSmall    = 64 << 10 // a file of /proc or selinuxfs with one value
	maxBooleans = 1 << 14
)

// readSELinux reads the state of SELinux.
func (r *reader) readSELinux(f *facts) {
	s := &SELinux{Mode: "disabled"}
	f.SELinux = s
	const configFile = "/etc/selinux/config"
	config, configErr := r.root.ReadFile(configFile, maxSmall)
	if configErr == nil {
		c := parseConfig(config)
		s.Config = &c
	}
	if !r.live {
		r.configuredSELinux(f, configFile, configErr)
		return
	}
	mounts, err := r.root.ReadFile("/proc/self/mounts", maxText)
	if err != nil {
		f.missing(FactSELinux, "/proc/self/mounts", err)
		f.SELinux = nil
		return
	}
	s.Mount = parseMount(mounts, "selinuxfs")
	if s.Mount == "" {
		r.unmountedSELinux(f, s)
		return
	}
	r.readSELinuxFS(f, s)
}

// unmountedSELinux distinguishes a kernel without SELinux from a kernel whose selinuxfs is not mounted here, as in
// a container. Only the former has no process labels.
func (r *reader) unmountedSELinux(f *facts, s *SELinux) {
	if label, err := r.root.ReadFile("/proc/self/attr/current", maxSmall); err == nil &&
		strings.Count(trimLabel(label), ":") >= 2 {
		s.Enabled, s.Mode = true, "enforcing"
		f.from(FactSELinux, HowDerived, "/proc/self/attr/current", "selinuxfs is not mounted here")
		for _, fact := range []Fact{FactEnforcing, FactBooleans, FactPolicyCaps} {
			f.missing(fact, "/sys/fs/selinux", errors.New("selinuxfs is not mounted"))
		}
		return
	}
	f.Enforcing = false
	f.from(FactSELinux, HowRead, "/proc/self/mounts", "SELinux is off: no selinuxfs, no process labels")
}

func (r *reader) configuredSELinux(f *facts, file string, err error) {
	s := f.SELinux
	if err != nil || s.Config.Mode == "" {
		if err == nil {
			err = errors.New("SELINUX is not set")
		}
		if errors.Is(err, fs.ErrNotExist) {
			f.Enforcing = false
			f.from(FactSELinux, HowConfigured, file, "SELinux is not configured: the file does not exist")
			return
		}
		f.SELinux = nil
		f.missing(FactSELinux, file, err)
		return
	}
	s.Mode, s.Enabled = s.Config.Mode, s.Config.Mode != "disabled"
	f.Enforcing = s.Mode == "enforcing"
	f.from(FactSELinux, HowConfigured, file, "")
	f.from(FactEnforcing, HowConfigured, file, "")
	f.from(FactBooleans, HowDefault, "the policy file", "")
	f.from(FactPolicyCaps, HowDefault, "the policy file", "")
}

func (r *reader) readSELinuxFS(f *facts, s *SELinux) {
	s.Enabled, s.Mode = true, "enforcing"
	f.from(FactSELinux, HowRead, s.Mount, "")
	flag := func(name string) (bool, error) {
		b, err := r.root.ReadFile(s.Mount+"/"+name, maxSmall)
		if err != nil {
			return false, err
		}
		return parseFlag(b)
	}
	if on, err := flag("enforce"); err != nil {
		f.missing(FactEnforcing, s.Mount+"/enforce", err)
	} else {
		f.Enforcing = on
		if !on {
			s.Mode = "permissive"
		}
		f.from(FactEnforcing, HowRead, s.Mount+"/enforce", "")
	}
	s.MLS, _ = flag("mls")
	s.DenyUnknown, _ = flag("deny_unknown")
	s.RejectUnknown, _ = flag("reject_unknown")
	if b, err := r.root.ReadFile(s.Mount+"/policyvers", maxSmall); err == nil {
		s.PolicyVersion, _ = strconv.Atoi(trimLabel(b))
	}
	if err := r.readBooleans(s); err != nil {
		f.missing(FactBooleans, s.Mount+"/booleans", err)
	} else {
		f.from(FactBooleans, HowRead, s.Mount+"/booleans", "")
	}
	names, err := r.root.ReadDir(s.Mount+"/policy_capabilities", maxBooleans)
	if err != nil {
		f.missing(FactPolicyCaps, s.Mount+"/policy_capabilities", err)
		return
	}
	for _, name := range names {
		on, err := flag("policy_capabilities/" + name)
		if err != nil {
			f.missing(FactPolicyCaps, s.Mount+"/policy_capabilities/"+name, err)
			return
		}
		s.PolicyCaps = append(s.PolicyCaps, PolicyCap{name, on})
	}
	f.from(FactPolicyCaps, HowRead, s.Mount+"/policy_capabilities", "")
}

func (r *reader) readBooleans(s *SELinux) error {
	names, err := r.root.ReadDir(s.Mount+"/booleans", maxBooleans)
	if err != nil {
		return err
	}
	for _, name := range names {
		b, err := r.root.ReadFile(s.Mount+"/booleans/"+name, maxSmall)
		if err != nil {
			return err
		}
		boolean, err := parseBoolean(name, b)
		if err != nil {
			return err
		}
		s.Booleans = append(s.Booleans, boolean)
	}
	return nil
}
