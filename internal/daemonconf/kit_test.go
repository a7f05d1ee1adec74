package daemonconf

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
)

// A tree is files in memory.
type tree map[string]string

var errTooLarge = errors.New("file is too large")

func (f tree) ReadFile(name string, limit int64) ([]byte, error) {
	text, ok := f[name]
	switch {
	case !ok:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	case int64(len(text)) > limit:
		return nil, &fs.PathError{Op: "open", Path: name, Err: errTooLarge}
	}
	return []byte(text), nil
}

func (f tree) ReadDir(name string, _ int) ([]string, error) {
	var list []string
	prefix := strings.TrimSuffix(name, "/") + "/"
	for file := range f {
		if rest, ok := strings.CutPrefix(file, prefix); ok {
			first, _, _ := strings.Cut(rest, "/")
			list = append(list, first)
		}
	}
	if list == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

func (f tree) Resolve(name string) (string, error) {
	if _, ok := f[name]; ok {
		return name, nil
	}
	if _, err := f.ReadDir(name, 1); err == nil {
		return name, nil
	}
	return path.Clean(name), fs.ErrNotExist
}

// read reads the configuration of a program, and returns it in a line.
func read(t *testing.T, f tree, program string, start Start) string {
	t.Helper()
	p := Find(program)
	if p == nil {
		t.Fatalf("%s is not known", program)
	}
	return inLine(p.Read(f, start))
}

// inLine writes a result: LINE OPERATION PROTOCOL/PORT HOST for an endpoint, then the
// sockets, files and problems.
func inLine(r *Result) string {
	var list []string
	for _, e := range r.Endpoints {
		text := fmt.Sprintf("%d %s %s", e.Line, e.Op, e.Protocol)
		switch {
		case e.Open != "":
			text += "?"
		case e.Low == e.High:
			text += fmt.Sprintf("/%d", e.Low)
		default:
			text += fmt.Sprintf("/%d-%d", e.Low, e.High)
		}
		for _, more := range []string{e.Host, e.Open} {
			if more != "" {
				text += " " + more
			}
		}
		if e.If != "" {
			text += " if " + e.If
		}
		list = append(list, text)
	}
	for _, s := range r.Sockets {
		list = append(list, fmt.Sprintf("unix %s %s", s.Op, s.Path))
	}
	for _, x := range r.Files {
		list = append(list, fmt.Sprintf("%s %s", x.Use, x.Path))
	}
	for _, p := range r.Problems {
		list = append(list, fmt.Sprintf("%d: %s", p.Line, p.Text))
	}
	return strings.Join(list, "|")
}

// sound reports what no result may have, whatever was read.
func sound(r *Result) error {
	for _, e := range r.Endpoints {
		if e.Low > e.High || e.Open != "" && e.High != 0 || e.Protocol == "" || e.Op == "" {
			return fmt.Errorf("not sound: %+v", e)
		}
	}
	for _, s := range r.Sockets {
		if s.Op == "" {
			return fmt.Errorf("not sound: %+v", s)
		}
	}
	return nil
}

// fuzz reads a text as the main file of a program, and as a file that it includes.
func fuzz(f *testing.F, program, file string, args []string, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	p := Find(program)
	f.Fuzz(func(t *testing.T, text string) {
		files := tree{file: text, path.Join(path.Dir(file), "other.conf"): text, "/etc/hostname": "me\n",
			"/etc/services": "http 80/tcp\n"}
		r := p.Read(files, Start{Argv: append([]string{p.Path}, args...), Dir: path.Dir(file)})
		if err := sound(r); err != nil {
			t.Error(err)
		}
		for _, at := range r.Problems {
			if at.Text == "" {
				t.Errorf("a problem without words: %+v", at)
			}
		}
	})
}
