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

// packageTree returns a directory with the files of some of Debian's packages and of those with
// libraries that their programs need and this machine lacks: from the cache of that name, or else
// downloaded by apt, which checks them against the signatures of the archive. Nothing is installed.
func packageTree(ctx context.Context, name string, programs, packages []string) (string, error) {
	cache, err := testenv.CacheDir(name)
	if err != nil {
		return "", err
	}
	tree := filepath.Join(cache, "tree")
	if _, err := os.Stat(tree); err == nil {
		return tree, nil
	}
	tmp, err := os.MkdirTemp(cache, "tmp-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	root := filepath.Join(tmp, "tree")
	wanted, fetched := packages, make(map[string]bool)
	const rounds = 4 // the depth of dependencies
	for range rounds {
		var missing []string
		for _, name := range wanted {
			if fetched[name] {
				continue
			}
			fetched[name] = true
			if err := unpackPackage(ctx, filepath.Join(tmp, name), root, name); err != nil {
				return "", fmt.Errorf("%w: %w", ErrUnavailable, err)
			}
		}
		for _, program := range programs {
			more, err := Files{}.addLibraries(filepath.Join(root, program), []string{root, "/"})
			if err != nil {
				return "", err
			}
			missing = append(missing, more...)
		}
		if len(missing) == 0 {
			break
		}
		var next []string
		for _, name := range wanted {
			needs, err := libraryPackages(ctx, name)
			if err != nil {
				return "", fmt.Errorf("%w: %w", ErrUnavailable, err)
			}
			next = append(next, needs...)
		}
		wanted = next
	}
	if err := os.Rename(root, tree); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	return tree, nil
}

// unpackPackage downloads a package into a new directory and adds its files to a
// tree.
func unpackPackage(ctx context.Context, dir, tree, name string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if err := command(ctx, dir, "apt-get", "-q", "download", name); err != nil {
		return err
	}
	debs, err := filepath.Glob(filepath.Join(dir, "*.deb"))
	if err != nil || len(debs) != 1 {
		return fmt.Errorf("%d packages were downloaded for %s", len(debs), name)
	}
	return command(ctx, dir, "dpkg-deb", "-x", debs[0], tree)
}

// libraryPackages returns the packages of libraries that a package depends on.
func libraryPackages(ctx context.Context, name string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "apt-cache", "depends", name)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("apt-cache depends %s: %w", name, err)
	}
	var list []string
	for line := range strings.Lines(string(out)) {
		if need, ok := strings.CutPrefix(strings.TrimSpace(line), "Depends: lib"); ok {
			list = append(list, "lib"+need)
		}
	}
	return list, nil
}
