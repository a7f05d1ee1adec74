// Package policies makes the binary policies that tests and benchmarks read:
// generated from text of our own (FedoraSize, Small, Random) or converted from
// an installed policy (Downgrade). The generators are deterministic. What the
// compilers make of the text is kept in the cache directory under a hash of
// text and options, so only the first run pays for the compilation.
//
// Only tests and benchmarks import this package. It needs checkpolicy and, for
// CIL, secilc.
package policies

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/senet-selinux/senet/internal/testenv"
)

// The targets that a policy can be for.
const (
	SELinux = "selinux"
	Xen     = "xen"
)

// Options choose the form that a policy text is compiled to.
type Options struct {
	Version       int    // policy version, 15..33
	Target        string // SELinux or Xen; empty is SELinux
	MLS           bool   // for Compile only: CIL says it itself
	HandleUnknown string // allow, deny or reject; empty is deny
}

func (o Options) flags() []string {
	flags := []string{"-c", strconv.Itoa(o.Version)}
	if o.Target != "" {
		flags = append(flags, "-t", o.Target)
	}
	if o.HandleUnknown != "" {
		flags = append(flags, "-U", o.HandleUnknown)
	}
	return flags
}

// checkpolicy returns the flags for a policy.conf.
func (o Options) checkpolicy() []string {
	if o.MLS {
		return append(o.flags(), "-M")
	}
	return o.flags()
}

// Compile returns the path of the binary policy that checkpolicy makes of conf,
// a policy in the language of policy.conf. The file is shared: do not write it.
func Compile(conf []byte, o Options) (string, error) {
	return build("checkpolicy", o.checkpolicy(), conf, "policy.conf")
}

// CompileCIL returns the path of the binary policy that secilc makes of cil.
// The file is shared: do not write it.
func CompileCIL(cil []byte, o Options) (string, error) {
	return build("secilc", append(o.flags(), "-f", os.DevNull), cil, "policy.cil")
}

// Downgrade returns the path of the binary policy at path converted by checkpolicy to an older
// policy version (15..33). mls reports whether the policy has MLS enabled. Below 20 there are no
// attributes in the rules: checkpolicy writes them expanded, 100 MB for Debian's default policy.
func Downgrade(path string, version int, mls bool) (string, error) {
	image, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	flags := []string{"-b", "-c", strconv.Itoa(version)}
	if mls {
		flags = append(flags, "-M")
	}
	return build("checkpolicy", flags, image, "policy")
}

// Downgrades returns the paths of the policy at path converted to each version
// from lowest to 32, by version. Debian's default policy goes down to 20 at 2
// MB each.
func Downgrades(path string, mls bool, lowest int) (map[int]string, error) {
	paths := make(map[int]string)
	for version := lowest; version <= 32; version++ {
		converted, err := Downgrade(path, version, mls)
		if err != nil {
			return nil, err
		}
		paths[version] = converted
	}
	return paths, nil
}

// build runs tool with flags on a file of that content, unless its output is in
// the cache already, and returns the path of the output.
func build(tool string, flags []string, content []byte, name string) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s %q\n", tool, flags)
	h.Write(content)
	dir, err := testenv.CacheDir("policies")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, hex.EncodeToString(h.Sum(nil)[:12])+".policy")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	tmp, err := os.MkdirTemp(dir, "build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	out, err := compile(tool, flags, content, tmp, name)
	if err != nil {
		return "", err
	}
	return path, os.Rename(out, path)
}

// compile runs tool with flags on a file of that content and name in dir, and
// returns the path of its output, in dir too.
func compile(tool string, flags []string, content []byte, dir, name string) (string, error) {
	in, out := filepath.Join(dir, name), filepath.Join(dir, name+".out")
	if err := os.WriteFile(in, content, 0o600); err != nil {
		return "", err
	}
	var msg bytes.Buffer
	cmd := exec.Command(tool, append(flags, "-o", out, in)...)
	cmd.Stdout, cmd.Stderr = &msg, &msg
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s %q: %w: %s", tool, flags, err, tail(msg.Bytes(), 2000))
	}
	return out, nil
}

// tail returns the last n bytes of b at most.
func tail(b []byte, n int) []byte {
	if b = bytes.TrimSpace(b); len(b) > n {
		b = b[len(b)-n:]
	}
	return b
}
