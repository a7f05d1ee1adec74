package modstore

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/semanage"
)

// maxContexts bounds a file of contexts, compiled or not.
const maxContexts = 256 << 20

// local returns the local file contexts, nil where there are none.
func (s *Store) local() ([]byte, error) {
	text, err := s.root.ReadFile(s.active(localContexts), sysroot.MaxRecords)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, semanage.StoreError(err)
}

func (s *Store) etc(name string) string {
	return "/etc/selinux/" + s.records.Name() + "/" + installedDir + name
}

// compileContexts returns the compiled forms of files of contexts, which libselinux
// reads in their place. A form is kept where its text is what it was; without the
// program that makes them, it is taken away, and libselinux reads the text.
func (s *Store) compileContexts(files []semanage.File) ([]semanage.File, error) {
	program := s.compiler()
	out := make([]semanage.File, len(files))
	errs := make([]error, len(files))
	each(len(files), func(i int) {
		f := files[i]
		name := f.Name + ".bin"
		switch {
		case s.current(f):
			out[i] = semanage.File{}
		case program == "":
			errs[i] = checkExpressions(f.Data)
			out[i] = semanage.File{Name: name, Remove: true}
		default:
			out[i].Name = name
			out[i].Data, errs[i] = compileContexts(program, f.Data)
		}
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var list []semanage.File
	for _, f := range out {
		if f.Name != "" {
			list = append(list, f)
		}
	}
	return list, nil
}

// current reports whether a file is installed as it is to be, with a compiled form
// that is not older.
func (s *Store) current(f semanage.File) bool {
	text, err := s.root.Stat(s.etc(f.Name))
	if err != nil || text.Size() != int64(len(f.Data)) {
		return false
	}
	compiled, err := s.root.Stat(s.etc(f.Name + ".bin"))
	if err != nil || compiled.ModTime().Before(text.ModTime()) {
		return false
	}
	old, err := s.root.ReadFile(s.etc(f.Name), maxContexts)
	return err == nil && bytes.Equal(old, f.Data)
}

// compiler returns the path of sefcontext_compile, "" where there is none.
func (s *Store) compiler() string {
	const name = "sefcontext_compile"
	if own := s.records.Config().Build.Programs[name]; own != "" && s.root.Live() {
		return own
	}
	for _, dir := range []string{"/sbin", "/usr/sbin"} {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file
		}
	}
	return ""
}

// compileContexts runs sefcontext_compile on a text.
func compileContexts(program string, text []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "senet")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	from, to := filepath.Join(dir, fileContexts), filepath.Join(dir, fileContexts+".bin")
	if err := os.WriteFile(from, text, 0o600); err != nil {
		return nil, err
	}
	said := &limited{left: maxSaid}
	cmd := exec.Command(program, "-o", to, from)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		why := strings.ReplaceAll(strings.TrimSpace(said.String()), from, fileContexts)
		return nil, fmt.Errorf("%w: %s: %w: %s", ErrContexts, filepath.Base(program), err, why)
	}
	f, err := os.Open(to)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return sysroot.ReadAll(f, maxContexts)
}
