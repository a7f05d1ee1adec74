package oracle

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/senet-selinux/senet/internal/testenv"
)

// programs holds the functions that build each program, so that a process asks the compiler for its
// library once.
var programs sync.Map

// program returns the path of the compiled csrc/NAME.c. The compiled file is
// kept under a name made from the source and from the library it is linked
// with, so a change of either compiles anew.
func program(name string) (string, error) {
	once, _ := programs.LoadOrStore(name, sync.OnceValues(func() (string, error) { return build(name) }))
	return once.(func() (string, error))()
}

func build(name string) (string, error) {
	src, err := sources.ReadFile("csrc/" + name + ".c")
	if err != nil {
		return "", err
	}
	load, err := sources.ReadFile("csrc/load.h")
	if err != nil {
		return "", err
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	archive, err := exec.Command(cc, "-print-file-name=libsepol.a").Output()
	if err != nil {
		return "", fmt.Errorf("%w: %s -print-file-name: %w", ErrUnavailable, cc, err)
	}
	// The compiler prints the bare name back when it does not find the file.
	lib, err := os.ReadFile(strings.TrimSpace(string(archive)))
	if err != nil {
		return "", fmt.Errorf("%w: package libsepol-dev: %w", ErrUnavailable, err)
	}
	h := sha256.New()
	h.Write(src)
	h.Write(load)
	h.Write(lib)
	dir, err := testenv.CacheDir("oracle")
	if err != nil {
		return "", err
	}
	bin := filepath.Join(dir, name+"-"+hex.EncodeToString(h.Sum(nil)[:8]))
	if _, err := os.Stat(bin); err == nil {
		return bin, nil
	}
	tmp, err := os.MkdirTemp(dir, name+"-build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	file, out := filepath.Join(tmp, name+".c"), filepath.Join(tmp, name)
	err = errors.Join(os.WriteFile(file, src, 0o644), os.WriteFile(filepath.Join(tmp, "load.h"), load, 0o644))
	if err != nil {
		return "", err
	}
	cmd := exec.Command(cc, "-O2", "-o", out, file, "-l:libsepol.a")
	if msg, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("compiling %s.c: %w: %s", name, err, msg)
	}
	return bin, os.Rename(out, bin)
}
