// Package libraries finds the shared libraries of a system, where a loader would find them, to
// read what they say about themselves. None is loaded.
package libraries

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// maxSize bounds the size of a library that is read, in bytes.
const maxSize = 32 << 20

// Read returns the contents of a library such as "libselinux.so.1" of the system below root, nil
// if it has none.
func Read(root sysroot.Root, name string) []byte {
	for _, dir := range dirs(root) {
		if data, err := root.ReadFile(path.Join(dir, name), maxSize); err == nil {
			return data
		}
	}
	return nil
}

// dirs lists the directories in which a system may have libraries.
func dirs(root sysroot.Root) []string {
	list := []string{"/lib64", "/usr/lib64", "/lib", "/usr/lib"}
	for _, parent := range []string{"/usr/lib", "/lib"} {
		names, err := root.ReadDir(parent, 0)
		if err != nil {
			continue
		}
		slices.Sort(names)
		for _, name := range names {
			if strings.Contains(name, "-linux-") {
				list = append(list, path.Join(parent, name))
			}
		}
	}
	return list
}
