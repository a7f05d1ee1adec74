package kernel

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Files are the files of a machine's first file system besides /init and the modules, by their
// path, which begins with a slash. Directories need not be named.
type Files map[string]File

// A File is a regular file, or a link to what its data names.
type File struct {
	Mode fs.FileMode // permission bits, and fs.ModeSymlink
	Data []byte
}

// Add adds a file of this machine under another name.
func (f Files) Add(name, file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(file)
	f[name] = File{info.Mode().Perm(), data}
	return err
}

// AddTree adds all files below a directory of this machine, as they are below
// another.
func (f Files) AddTree(to, dir string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return f.Add(path.Join(to, filepath.ToSlash(strings.TrimPrefix(file, dir))), file)
	})
}

// addFiles adds files, each behind its directories.
func (c *cpio) addFiles(files Files) {
	const regular, directory, link = 0o100000, 0o040000, 0o120000
	made := map[string]bool{"/": true}
	for _, dir := range bootDirs {
		made["/"+dir] = true
	}
	var mkdir func(dir string)
	mkdir = func(dir string) {
		if made[dir] {
			return
		}
		made[dir] = true
		mkdir(path.Dir(dir))
		c.add(dir[1:], directory|0o755, nil)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		mkdir(path.Dir(name))
		kind := uint32(regular)
		if files[name].Mode&fs.ModeSymlink != 0 {
			kind = link
		}
		c.add(name[1:], kind|uint32(files[name].Mode.Perm()), files[name].Data)
	}
}
