package semanage

import (
	"fmt"
	"strings"
)

// A FileContext is a local record of the label of files: a line of
// file_contexts.local.
type FileContext struct {
	// Path is a regular expression.
	Path string
	// Kind is the kind of files: "" for any, "--", "-d", "-c", "-b", "-s", "-p", "-l".
	Kind string
	// Context is the label, the zero one for <<none>>.
	Context Context
}

// String returns the line, without newline.
func (f FileContext) String() string {
	label := "<<none>>"
	if f.Context != (Context{}) {
		label = f.Context.String()
	}
	return f.Path + " " + f.Kind + " " + label
}

// fileContextsLocal is the file of local file contexts, of the active directory and
// of /etc/selinux/TYPE/contexts/files.
const fileContextsLocal = "file_contexts.local"

// parseFileContexts reads a file_contexts.local as libsemanage does; name is for
// errors, which are *[ParseError].
func parseFileContexts(name string, text []byte) ([]FileContext, error) {
	return parseRecords(name, text, (*scanner).fileContext)
}

// fileContext mirrors fcontext_parse.
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
		f.Kind = kind
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

// checkFileContexts refuses local file contexts that a policy does not take, as
// semanage_fcontext_validate_local does.
func (tx *Tx) checkFileContexts(names *policyNames) error {
	list, err := readActive(tx.store, fileContextsLocal, parseFileContexts)
	if err != nil {
		return err
	}
	for _, f := range list {
		if f.Context == (Context{}) {
			continue
		}
		if _, err := names.context(f.Context); err != nil {
			return fmt.Errorf("file context of %s: %w", f.Path, err)
		}
	}
	return nil
}
