package contextfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// A File is a file of contexts, or its compiled form.
type File struct {
	Name   string // "file_contexts.local"
	Data   []byte
	Remove bool // the file must not exist
}

// A Maker makes the compiled forms of the files of one directory.
type Maker struct {
	Root sysroot.Root
	Dir  string // /etc/selinux/TYPE/contexts/files
	// Program is the path of sefcontext_compile from semanage.conf, "" for none.
	Program string
	// Mode is the mode that the compiled forms are to have, 0 for any.
	Mode fs.FileMode
	// Compare says that a compiled form is compared with its text before it is kept. That takes
	// 14 ms for the contexts of a distribution; without it the times of the two files are believed.
	Compare bool

	alone bool // without sefcontext_compile, for tests
}

// Compile returns the compiled forms of files of contexts, which libselinux reads instead. It keeps
// a compiled form if its text has not changed; see Compare. sefcontext_compile makes them if it is installed. If
// not, or if the files are of a system whose library reads another form, Compile writes them
// without compiled expressions, and libselinux compiles these when it needs them. If that system's
// libselinux is not found, Compile removes them, and libselinux reads the text.
func (m *Maker) Compile(files []File) ([]File, error) {
	program, own, form := m.means()
	out := make([]File, len(files))
	errs := make([]error, len(files))
	var workers sync.WaitGroup
	for i, f := range files {
		if m.current(f, form) {
			continue
		}
		out[i].Name = f.Name + ".bin"
		if program == "" {
			out[i].Remove = own == nil
			out[i].Data, errs[i] = own.form(f)
			continue
		}
		workers.Add(1)
		go func() {
			defer workers.Done()
			out[i].Data, errs[i] = compile(program, f)
		}()
	}
	workers.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var list []File
	for _, f := range out {
		if f.Name != "" {
			list = append(list, f)
		}
	}
	return list, nil
}

// means returns how compiled forms are made: the program, "" for none; the system's own library,
// nil if it has none; and the library that reads what is made, nil if that is not known.
func (m *Maker) means() (program string, own, form *library) {
	program = m.program()
	own = findLibrary(m.Root)
	here := own
	if program != "" && !m.Root.Live() {
		here = findLibrary(sysroot.Root{})
	}
	switch {
	case program == "":
		return "", own, own
	case own == nil:
		return program, nil, here
	case !own.reads(here): // what the program writes
		return "", own, own
	}
	return program, own, own
}

// current reports whether the installed file equals f, with a compiled form that is not older and,
// if that is compared, has the same lines for a library, nil for one that is not known.
func (m *Maker) current(f File, l *library) bool {
	text, err := m.Root.Stat(path.Join(m.Dir, f.Name))
	if err != nil || text.Size() != int64(len(f.Data)) {
		return false
	}
	compiled, err := m.Root.Stat(path.Join(m.Dir, f.Name+".bin"))
	if err != nil || compiled.ModTime().Before(text.ModTime()) || m.Mode != 0 && compiled.Mode().Perm() != m.Mode {
		return false
	}
	old, err := m.Root.ReadFile(path.Join(m.Dir, f.Name), MaxSize)
	if err != nil || !bytes.Equal(old, f.Data) {
		return false
	}
	if l == nil || !m.Compare {
		return true
	}
	form, err := m.Root.ReadFile(path.Join(m.Dir, f.Name+".bin"), MaxSize)
	if err != nil {
		return false
	}
	want, err := l.encode(f)
	return err == nil && bytes.Equal(withoutCode(form), want)
}

// program returns the path of sefcontext_compile, "" if there is none.
func (m *Maker) program() string {
	const name = "sefcontext_compile"
	if m.alone {
		return ""
	}
	if m.Program != "" && m.Root.Live() {
		return m.Program
	}
	for _, dir := range []string{"/sbin", "/usr/sbin"} {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file
		}
	}
	return ""
}

// compile runs sefcontext_compile on a file. The error has the first message of the program.
func compile(program string, file File) ([]byte, error) {
	dir, err := os.MkdirTemp("", "senet")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	from := filepath.Join(dir, file.Name)
	to := from + ".bin"
	if err := os.WriteFile(from, file.Data, 0o600); err != nil {
		return nil, err
	}
	said := &Limited{Left: maxSaid}
	cmd := exec.Command(program, "-o", to, from)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		first, _, _ := strings.Cut(strings.ReplaceAll(said.String(), from, file.Name), "\n")
		if why := strings.Join(strings.Fields(first), " "); why != "" {
			return nil, fmt.Errorf("%w: %s", ErrContexts, why)
		}
		return nil, fmt.Errorf("%w: %s: %w", ErrContexts, filepath.Base(program), err)
	}
	f, err := os.Open(to)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return sysroot.ReadAll(f, MaxSize)
}
