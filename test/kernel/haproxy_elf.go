package kernel

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// libraryDirs are the directories in which Debian's programs look for their libraries.
var libraryDirs = [...]string{"lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu"}

// libraryDir is the directory that they are put into, from any of these.
const libraryDir = "/lib/x86_64-linux-gnu"

// AddProgram adds a program of one of the trees, and the libraries that it needs
// out of any of them: the first that has them.
func (f Files) AddProgram(name string, trees ...string) error {
	file, err := locate(trees, name)
	if err != nil {
		return err
	}
	if err := f.Add(name, file); err != nil {
		return err
	}
	missing, err := f.addLibraries(file, trees)
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("%s needs %s", name, strings.Join(missing, ", "))
	}
	return err
}

// addLibraries adds the libraries that a program or library needs, and returns the names of those
// that no tree has.
func (f Files) addLibraries(file string, trees []string) (missing []string, err error) {
	e, err := elf.Open(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	defer e.Close()
	for _, p := range e.Progs {
		if p.Type != elf.PT_INTERP {
			continue
		}
		b := make([]byte, p.Filesz)
		if _, err := p.ReadAt(b, 0); err != nil {
			return nil, err
		}
		loader := strings.TrimRight(string(b), "\x00")
		from, err := locate(trees, loader)
		if err != nil {
			return nil, err
		}
		if err := f.Add(loader, from); err != nil {
			return nil, err
		}
	}
	needed, err := e.ImportedLibraries()
	if err != nil {
		return nil, err
	}
	for _, lib := range needed {
		to := libraryDir + "/" + lib
		if _, ok := f[to]; ok {
			continue
		}
		from, err := locate(trees, libraryDirs[0]+"/"+lib, libraryDirs[1]+"/"+lib)
		if err != nil {
			missing = append(missing, lib)
			continue
		}
		if err := f.Add(to, from); err != nil {
			return nil, err
		}
		more, err := f.addLibraries(from, trees)
		if err != nil {
			return nil, err
		}
		missing = append(missing, more...)
	}
	slices.Sort(missing)
	return slices.Compact(missing), nil
}

// locate returns the first of the files that a tree has.
func locate(trees []string, names ...string) (string, error) {
	for _, tree := range trees {
		for _, name := range names {
			file := filepath.Join(tree, name)
			if _, err := os.Stat(file); err == nil {
				return file, nil
			} else if !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
		}
	}
	return "", fmt.Errorf("%s: %w", names[0], fs.ErrNotExist)
}
