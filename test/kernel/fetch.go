package kernel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/internal/testenv"
)

// A Version is a kernel that can be booted: one of Debian 12's.
type Version string

// The versions.
const (
	Linux6_1  Version = "6.1"
	Linux6_12 Version = "6.12"
)

// Versions returns all versions.
func Versions() []Version { return []Version{Linux6_1, Linux6_12} }

// metapackage returns the name of the package that depends on the newest build
// of the version.
func (v Version) metapackage() string {
	if v == Linux6_1 {
		return "linux-image-cloud-amd64"
	}
	return "linux-image-" + string(v) + "-cloud-amd64"
}

// ErrUnavailable is wrapped by the errors of Boot that say that this machine
// has no kernel to boot or nothing to boot it with.
var ErrUnavailable = errors.New("no kernel to boot")

// An image is an unpacked kernel package.
type image struct {
	vmlinux string // path of the kernel, not compressed
	modules string // path of the directory with its modules
}

// fetch returns the kernel of a version: from the cache, or else downloaded by
// apt, which checks it against the signatures of the archive, and unpacked.
func fetch(ctx context.Context, v Version) (image, error) {
	cache, err := testenv.CacheDir("kernel")
	if err != nil {
		return image{}, err
	}
	name, err := packageName(ctx, v)
	if err != nil {
		name = cached(cache, v)
		if name == "" {
			return image{}, fmt.Errorf("%w: Linux %s: %w", ErrUnavailable, v, err)
		}
	}
	dir := filepath.Join(cache, name)
	img := image{vmlinux: filepath.Join(dir, "vmlinux"), modules: filepath.Join(dir, "modules")}
	if _, err := os.Stat(dir); err == nil {
		return img, nil
	}
	tmp, err := os.MkdirTemp(cache, name+"-")
	if err != nil {
		return image{}, err
	}
	defer os.RemoveAll(tmp)
	if err := command(ctx, tmp, "apt-get", "-q", "download", name); err != nil {
		return image{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if err := unpack(ctx, tmp, v); err != nil {
		return image{}, err
	}
	if err := os.Rename(filepath.Join(tmp, "out"), dir); err != nil && !errors.Is(err, os.ErrExist) {
		return image{}, err
	}
	return img, nil
}

// packageName returns the package that the metapackage depends on.
func packageName(ctx context.Context, v Version) (string, error) {
	cmd := exec.CommandContext(ctx, "apt-cache", "depends", v.metapackage())
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("apt-cache depends %s: %w", v.metapackage(), err)
	}
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "Depends: "); ok &&
			strings.HasPrefix(name, "linux-image-") {
			return name, nil
		}
	}
	return "", fmt.Errorf("apt-cache depends %s: no linux-image", v.metapackage())
}

// cached returns the newest kernel of the version that is in the cache, "" if
// there is none.
func cached(cache string, v Version) string {
	found, _ := filepath.Glob(filepath.Join(cache, "linux-image-"+string(v)+".*", "vmlinux"))
	if len(found) == 0 {
		return ""
	}
	return filepath.Base(filepath.Dir(found[len(found)-1]))
}

// unpack makes dir/out of the one package in dir.
func unpack(ctx context.Context, dir string, v Version) error {
	debs, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(debs) != 1 {
		return fmt.Errorf("%d packages were downloaded", len(debs))
	}
	root, out := filepath.Join(dir, "root"), filepath.Join(dir, "out")
	if err := command(ctx, dir, "dpkg-deb", "-x", debs[0], root); err != nil {
		return err
	}
	images, _ := filepath.Glob(filepath.Join(root, "boot", "vmlinuz-"+string(v)+".*"))
	modules, _ := filepath.Glob(filepath.Join(root, "lib", "modules", string(v)+".*"))
	if len(modules) == 0 { // Debian's merged /usr
		modules, _ = filepath.Glob(filepath.Join(root, "usr", "lib", "modules", string(v)+".*"))
	}
	if len(images) != 1 || len(modules) != 1 {
		return fmt.Errorf("%s: %d kernels, %d directories of modules", filepath.Base(debs[0]), len(images),
			len(modules))
	}
	if err := os.Mkdir(out, 0o700); err != nil {
		return err
	}
	bz, err := os.ReadFile(images[0])
	if err != nil {
		return err
	}
	elf, err := vmlinux(ctx, bz)
	if err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(images[0]), err)
	}
	if err := os.WriteFile(filepath.Join(out, "vmlinux"), elf, 0o600); err != nil {
		return err
	}
	return os.Rename(modules[0], filepath.Join(out, "modules"))
}

func command(ctx context.Context, dir, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}
