package semanage

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// A FileContext is a local record of the label of files: a line of
// file_contexts.local.
type FileContext struct {
	// Path is a regular expression.
	Path string
	// Files is the kind of files: "" for any, "--", "-d", "-c", "-b", "-s", "-p", "-l".
	Files string
	// Context is the label, the zero one for <<none>>.
	Context Context
}

// A FileContextKey identifies a [FileContext].
type FileContextKey struct{ Path, Files string }

// fileContextsLocal is the file of local file contexts, of the active directory and
// of /etc/selinux/TYPE/contexts/files.
const fileContextsLocal = "file_contexts.local"

// The letters with which semanage(8) names kinds of files, and what libsemanage writes.
const (
	fileLetters = "afdcbslp"
	fileKinds   = "  ---d-c-b-s-l-p"
)

// FileKind returns the kind of files of a letter as fcontext -f takes it: "a" for any, f,
// d, c, b, s, l, p; "" is a.
func FileKind(letter string) (files string, ok bool) {
	if letter == "" {
		return "", true
	}
	i := strings.Index(fileLetters, letter)
	if len(letter) != 1 || i < 0 {
		return "", false
	}
	return strings.TrimSpace(fileKinds[2*i : 2*i+2]), true
}

// FileLetter returns the letter of a kind of files, "a" for any.
func FileLetter(files string) string {
	for i := 2; i < len(fileKinds); i += 2 {
		if fileKinds[i:i+2] == files {
			return fileLetters[i/2 : i/2+1]
		}
	}
	return "a"
}

// FilesName returns the words in which semanage(8) lists a kind of files: "regular file".
func FilesName(files string) string {
	switch files {
	case "--":
		return "regular file"
	case "-d":
		return "directory"
	case "-c":
		return "character device"
	case "-b":
		return "block device"
	case "-s":
		return "socket"
	case "-l":
		return "symbolic link"
	case "-p":
		return "named pipe"
	}
	return "all files"
}

// Kind returns [FileContexts].
func (FileContextKey) Kind() Kind { return FileContexts }

func (k FileContextKey) String() string {
	if k.Files == "" {
		return k.Path
	}
	return k.Path + " " + k.Files
}

func (k FileContextKey) inPolicy(p *policyNames) (Record, bool) {
	if p.store == nil {
		return nil, false
	}
	f, ok := p.store.policyFileContext(k)
	return f, ok
}

// Kind returns [FileContexts].
func (FileContext) Kind() Kind { return FileContexts }

// Key returns the [FileContextKey].
func (f FileContext) Key() Key { return FileContextKey{f.Path, f.Files} }

// String returns the line, without newline.
func (f FileContext) String() string {
	label := "<<none>>"
	if f.Context != (Context{}) {
		label = f.Context.String()
	}
	files := f.Files
	if files == "" {
		files = "  "
	}
	return f.Path + " " + files + " " + label
}

func (f FileContext) check() error {
	switch {
	case f.Path == "" || strings.ContainsAny(f.Path, blanks+"\x00"):
		return fmt.Errorf("%w: file context of %q", ErrSyntax, f.Path)
	case f.Path[0] == '#':
		return fmt.Errorf("%w: file context of %q would be a comment", ErrSyntax, f.Path)
	}
	if kind, ok := FileKind(FileLetter(f.Files)); !ok || kind != f.Files {
		return fmt.Errorf("%w: kind of files %q", ErrSyntax, f.Files)
	}
	return nil
}

func (f FileContext) context() Context             { return f.Context }
func (f FileContext) withContext(c Context) Record { f.Context = c; return f }

// exportLine is "" for <<none>>, which semanage does not export.
func (f FileContext) exportLine() string {
	if f.Context == (Context{}) {
		return ""
	}
	return "-a -f " + FileLetter(f.Files) + " " + contextArgs(f.Context) + " '" + f.Path + "'"
}

// parseFileContext mirrors fcontext_parse.
func parseFileContext(s *scanner) (Record, error) {
	f, err := s.fileContext()
	return f, err
}

// parseFileContexts reads a file of contexts; name is for errors, which are *[ParseError].
func parseFileContexts(name string, text []byte) ([]FileContext, error) {
	return parseRecords(name, text, (*scanner).fileContext)
}

func (s *scanner) fileContext() (FileContext, error) {
	var f FileContext
	var err error
	if f.Path, err = s.word(' '); err != nil {
		return f, err
	}
	if err = s.space(); err != nil {
		return f, err
	}
	w, err := s.word(' ')
	if err != nil {
		return f, err
	}
	if kind := strings.ToLower(w); len(kind) == 2 && kind[0] == '-' && strings.IndexByte("-dcbspl", kind[1]) >= 0 {
		f.Files = kind
		if err = s.space(); err != nil {
			return f, err
		}
		if w, err = s.word(' '); err != nil {
			return f, err
		}
	}
	if w != "<<none>>" {
		if f.Context, err = ParseContext(w); err != nil {
			return f, s.failWith(err)
		}
	}
	return f, s.space()
}

// policyFileContext finds a record in the policy's file_contexts. Its lines are compared
// as they are: only one with the path is parsed.
func (s *Store) policyFileContext(k FileContextKey) (FileContext, bool) {
	text, err := s.root.ReadFile(s.activePath("file_contexts"), sysroot.MaxRecords)
	if err != nil || k.Path == "" {
		return FileContext{}, false
	}
	for path := []byte(k.Path); len(text) > 0; {
		i := bytes.Index(text, path)
		if i < 0 {
			break
		}
		start := bytes.LastIndexByte(text[:i], '\n') + 1
		end := len(text)
		if n := bytes.IndexByte(text[i:], '\n'); n >= 0 {
			end = i + n
		}
		one := scanner{text: string(text[start:end])}
		if one.skipSpace(); one.ok {
			if f, err := one.fileContext(); err == nil && f.Key() == k {
				return f, true
			}
		}
		text = text[end:]
	}
	return FileContext{}, false
}

// fileTypes are the attributes one of which the type of a file context has to have.
var fileTypes = [...]string{"file_type", "device_node"}

// fileContextType returns the type that a file context may have, given its name or alias.
func (tx *Tx) fileContextType(name string) (string, error) {
	name = tx.names.realType(name)
	for _, attribute := range fileTypes {
		if tx.names.hasAttribute(name, attribute) {
			return name, nil
		}
	}
	return name, fmt.Errorf("%w: %s is not a type of files (one with the attribute file_type or device_node)", ErrType,
		name)
}

// checkFileContexts refuses local file contexts that a policy does not take, as
// semanage_fcontext_validate_local does.
func (tx *Tx) checkFileContexts(names *policyNames) error {
	if err := tx.unread[FileContexts]; err != nil {
		return err
	}
	for _, r := range tx.local[FileContexts].list {
		f := r.(FileContext)
		if f.Context == (Context{}) {
			continue
		}
		if _, err := names.context(f.Context); err != nil {
			return fmt.Errorf("file context of %s: %w", f.Path, err)
		}
	}
	return nil
}
