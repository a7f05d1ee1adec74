package daemonconf

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/services"
)

// The bounds of one reading. Real configurations are far smaller.
const (
	maxFile      = 4 << 20
	maxBytes     = 32 << 20 // of all files together
	maxFiles     = 2000
	maxDepth     = 20      // of files that include others
	maxEntries   = 10_000  // of a directory
	maxEndpoints = 100_000 // also the bound of sockets, files and problems
)

// A job is one reading of a configuration.
type job struct {
	tree  Tree
	start Start
	r     Result
	bytes int
	stack []string                    // the files that are being read
	ports map[services.Service]uint16 // by name and protocol; read at the first use
	// cond is the condition of the lines that are read now, "" for none.
	cond string
}

// problem notes a reason why the answer is not complete.
func (j *job) problem(at Pos, format string, args ...any) {
	if len(j.r.Problems) < maxEndpoints {
		j.r.Problems = append(j.r.Problems, Problem{fmt.Sprintf(format, args...), at})
	}
}

func (j *job) endpoint(e Endpoint) {
	if e.If == "" {
		e.If = j.cond
	}
	if len(j.r.Endpoints) < maxEndpoints {
		j.r.Endpoints = append(j.r.Endpoints, e)
	} else if len(j.r.Endpoints) == maxEndpoints {
		j.r.Endpoints = append(j.r.Endpoints, e)
		j.problem(e.Pos, "more than %d endpoints", maxEndpoints)
	}
}

func (j *job) socket(op Operation, name, directive string, at Pos) {
	if len(j.r.Sockets) < maxEndpoints {
		j.r.Sockets = append(j.r.Sockets, Socket{Op: op, Path: name, Directive: directive, Pos: at})
	}
}

func (j *job) file(use Use, name, directive string, at Pos) {
	if name != "" && len(j.r.Files) < maxEndpoints {
		j.r.Files = append(j.r.Files, File{Path: name, Use: use, Directive: directive, Pos: at})
	}
}

// abs returns the absolute form of a name that is relative to a directory.
func abs(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join("/", dir, name)
}

// read returns the text of the file that the line at names. A file that cannot be read is a problem
// at that line, unless it is optional and missing. Between read and done the file cannot be read
// again.
func (j *job) read(name string, at Pos, optional bool) (text string, ok bool) {
	switch {
	case slices.Contains(j.stack, name):
		j.problem(at, "%s includes itself", name)
		return "", false
	case len(j.stack) == maxDepth:
		j.problem(at, "%s: files include one another more than %d deep", name, maxDepth)
		return "", false
	case len(j.r.Read) == maxFiles:
		j.problem(at, "%s: more than %d files", name, maxFiles)
		return "", false
	}
	b, err := j.tree.ReadFile(name, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && optional:
		return "", false
	case err != nil:
		j.problem(at, "%s cannot be read: %s", name, cause(err))
		return "", false
	case j.bytes+len(b) > maxBytes:
		j.problem(at, "%s: more than %d MB of configuration", name, maxBytes>>20)
		return "", false
	}
	j.bytes += len(b)
	j.r.Read = append(j.r.Read, name)
	j.stack = append(j.stack, name)
	return string(b), true
}

// cause returns the text of an error without the name of the file.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// done ends the reading of the file that was read last.
func (j *job) done() { j.stack = j.stack[:len(j.stack)-1] }

// glob returns the files that match a pattern, sorted as glob(3) sorts them; directories in it may
// be patterns too.
func (j *job) glob(pattern string) []string {
	list := []string{"/"}
	for element := range strings.SplitSeq(strings.Trim(path.Clean(pattern), "/"), "/") {
		var next []string
		for _, dir := range list {
			if !strings.ContainsAny(element, "*?[\\") {
				next = append(next, path.Join(dir, element))
				continue
			}
			names, _ := j.tree.ReadDir(dir, maxEntries)
			for _, name := range names {
				if strings.HasPrefix(name, ".") && element[0] != '.' {
					continue
				}
				if ok, err := path.Match(element, name); ok && err == nil && len(next) < maxFiles {
					next = append(next, path.Join(dir, name))
				}
			}
		}
		list = next
	}
	if strings.ContainsAny(pattern, "*?[") { // for a name without a pattern, the caller reports the missing file
		list = slices.DeleteFunc(list, func(name string) bool {
			_, err := j.tree.Resolve(name)
			return err != nil
		})
	}
	slices.Sort(list)
	return list
}

// isDir reports whether there is a directory of that name.
func (j *job) isDir(name string) bool {
	_, err := j.tree.ReadDir(name, 1)
	return err == nil
}
