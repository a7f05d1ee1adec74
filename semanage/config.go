package semanage

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// Config is the part of /etc/selinux/semanage.conf that matters here. The file's grammar is
// that of conf-scan.l and conf-parse.y.
type Config struct {
	// StoreRoot is store-root, /var/lib/selinux by default: a clean absolute path.
	StoreRoot string
	// PolicyVersion is policy-version, the N of policy.N; 0 if it is not said.
	PolicyVersion int
	// FileMode is file-mode, 0644 by default: of the files of /etc/selinux/TYPE that a
	// transaction writes.
	FileMode uint32
	// SavePrevious is save-previous: whether the state before a transaction is
	// kept as the directory "previous".
	SavePrevious bool
	// VerifyKernel says whether a program checks every new kernel policy ([verify kernel]).
	// Such a store is left to semanage; see [Reason].
	VerifyKernel bool
	// Remote is the value of module-store if it is not "direct": a policy
	// server, which no libsemanage of this century has talked to.
	Remote string
	// Build holds the settings that matter where modules are built.
	Build BuildConfig
	// foreign is why libsemanage would leave the root or run a program that the file
	// names, "" if it does not.
	foreign string
}

// BuildConfig holds the settings of semanage.conf about building modules.
type BuildConfig struct {
	// Check is expand-check: neverallow rules and bounds are checked.
	Check bool
	// HandleUnknown is handle-unknown; nil leaves it to the modules.
	HandleUnknown *policydb.HandleUnknown
	Target        policydb.Target
	// Optimize is optimize-policy, MultipleDecls multiple-decls: what is said of them, whose
	// defaults depend on the release of libsemanage; OptimizeSaid and MultipleDeclsSaid say
	// whether it is.
	Optimize, OptimizeSaid, MultipleDecls, MultipleDeclsSaid bool
	// NoHomedirs is disable-genhomedircon: file_contexts.homedirs stays as it is.
	NoHomedirs bool
	// UsePasswd says that home directories of the system's users are looked for, and
	// IgnoreDirs which are passed over.
	UsePasswd  bool
	IgnoreDirs []string
	// BzipLevel is bzip-blocksize: the level at which modules are compressed, 0 for
	// not at all.
	BzipLevel int
	// RemoveSource is remove-hll: only the CIL of a module is kept.
	RemoveSource bool
	// IgnoreCache is ignore-module-cache: modules are converted to CIL each time.
	IgnoreCache bool
	// Compilers is compiler-directory, where the programs that convert modules to CIL
	// are.
	Compilers string
	// Verify says that a program looks at every module or at the linked policy, and
	// Programs names the programs that replace setfiles and sefcontext_compile.
	Verify   bool
	Programs map[string]string
}

func defaultConfig() Config {
	return Config{StoreRoot: "/var/lib/selinux", FileMode: 0o644, Build: BuildConfig{
		Check: true, UsePasswd: true, BzipLevel: 9, Compilers: "/usr/libexec/selinux/hll",
	}}
}

// parseConfig reads the text of semanage.conf; name is for errors. Settings that
// do not matter here are checked to exist and no further.
func parseConfig(name string, text []byte) (Config, error) {
	c := defaultConfig()
	block := ""
	for i, line := range strings.Split(string(text), "\n") {
		fail := func(why string) error {
			return &ParseError{File: name, Line: i + 1, Text: line, Err: fmt.Errorf("%w: %s", ErrSyntax, why)}
		}
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || trimmed[0] == '#':
			continue
		case trimmed == "[end]":
			block = ""
			continue
		case trimmed[0] == '[':
			block, _, _ = strings.Cut(trimmed[1:], "]")
			if !isBlock(block) {
				return c, fail("unknown block")
			}
			c.VerifyKernel = c.VerifyKernel || block == "verify kernel"
			c.Build.Verify = c.Build.Verify || block == "verify module" || block == "verify linked"
			c.foreign = "[" + block + "]"
			continue
		}
		key, value, found := strings.Cut(trimmed, "=")
		if !found {
			return c, fail("expected SETTING = VALUE")
		}
		key, value = strings.TrimSpace(key), configValue(value)
		if block != "" {
			if key != "path" && key != "args" {
				return c, fail("unknown setting of a program")
			}
			if key == "path" {
				c.Build.program(block, value)
			}
			continue
		}
		if err := c.set(key, value); err != "" {
			return c, fail(err)
		}
	}
	return c, nil
}

func isBlock(name string) bool {
	switch name {
	case "load_policy", "setfiles", "sefcontext_compile", "verify module", "verify linked", "verify kernel":
		return true
	}
	return false
}

func configValue(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

// set applies one setting and returns its fault, "" if it has none.
func (c *Config) set(key, value string) string {
	switch key {
	case "store-root":
		if value != "" {
			c.StoreRoot = path.Clean("/" + value) // it cannot leave the root
			if c.StoreRoot != path.Clean(value) {
				c.foreign = "store-root = " + value
			}
		}
	case "module-store":
		c.Remote = ""
		if value != "direct" {
			c.Remote = value
		}
	case "policy-version":
		n, err := strconv.Atoi(value)
		if err != nil || n < 15 || n > 999 {
			return "not a policy version"
		}
		c.PolicyVersion = n
	case "file-mode":
		n, err := strconv.ParseUint(value, 8, 32)
		if err != nil || n == 0 || n > 0o777 {
			return "not a file mode"
		}
		c.FileMode = uint32(n)
	case "save-previous":
		switch strings.ToLower(value) {
		case "true":
			c.SavePrevious = true
		case "false":
			c.SavePrevious = false
		default:
			return "neither true nor false"
		}
	case "compiler-directory":
		c.foreign = key
		c.Build.Compilers = value
	default:
		return c.Build.set(key, value)
	}
	return ""
}
