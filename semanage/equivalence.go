package semanage

import (
	"fmt"
	"path"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// An Equivalence says that files below a path are labelled as those below another: a line
// of file_contexts.subs.
type Equivalence struct {
	Path string // "/srv/www"
	Like string // "/var/www"
}

// An EquivalenceKey identifies an [Equivalence]: its path.
type EquivalenceKey string

// substitutions is the file of equivalences in /etc/selinux/TYPE/contexts/files. It is no
// file of the store, and has no header.
const substitutions = "file_contexts.subs"

// Kind returns [Equivalences].
func (EquivalenceKey) Kind() Kind { return Equivalences }

func (k EquivalenceKey) String() string { return string(k) }

// inPolicy finds nothing: those of the distribution cannot be overridden.
func (EquivalenceKey) inPolicy(*policyNames) (Record, bool) { return nil, false }

// Kind returns [Equivalences].
func (Equivalence) Kind() Kind { return Equivalences }

// Key returns the [EquivalenceKey].
func (e Equivalence) Key() Key { return EquivalenceKey(e.Path) }

// String returns the line, without newline.
func (e Equivalence) String() string { return e.Path + " " + e.Like }

func (e Equivalence) check() error {
	for _, p := range []string{e.Path, e.Like} {
		switch {
		case p == "" || strings.ContainsAny(p, blanks+"\x00"):
			return fmt.Errorf("%w: path %q", ErrSyntax, p)
		case p[0] == '#':
			return fmt.Errorf("%w: the path %q would be a comment", ErrSyntax, p)
		case p != "/" && p[len(p)-1] == '/':
			return fmt.Errorf("%w: the path %q ends with a slash", ErrSyntax, p)
		}
	}
	return nil
}

func (e Equivalence) context() Context             { return Context{} }
func (e Equivalence) withContext(_ Context) Record { return e }
func (e Equivalence) exportLine() string           { return "-a -e " + e.Like + " " + e.Path }

// parseEquivalence reads a line: two words.
func parseEquivalence(s *scanner) (Record, error) {
	fields := strings.Fields(s.rest)
	if len(fields) != 2 {
		return nil, s.fail("expected two paths")
	}
	s.rest = ""
	return Equivalence{fields[0], fields[1]}, nil
}

// DistributionEquivalences returns those of file_contexts.subs_dist, which the policy
// brings, in their order; of several for one path the last counts, at the place of the
// first.
func (s *Store) DistributionEquivalences() ([]Equivalence, error) {
	name := s.contextFile(substitutions + "_dist")
	text, err := s.root.ReadFile(name, sysroot.MaxRecords)
	if isGone(err) {
		return nil, nil
	}
	if err != nil {
		return nil, storeError(err)
	}
	records, err := ParseLocal(Equivalences, s.display(name), text)
	var list []Equivalence
	for _, r := range records {
		list = mergeByName(list, r.(Equivalence), func(e Equivalence) string { return e.Path })
	}
	return list, err
}

// contextFile returns the path of an installed file of contexts.
func (s *Store) contextFile(name string) string { return path.Join(s.etc, contextsDir, name) }

// contextsDir is where files of contexts are installed, in /etc/selinux/TYPE.
const contextsDir = "contexts/files"

// formatEquivalences returns the file: a later record of a path replaces an earlier one.
func formatEquivalences(list []Record) []byte {
	var kept []Equivalence
	for _, r := range list {
		kept = mergeByName(kept, r.(Equivalence), func(e Equivalence) string { return e.Path })
	}
	out := []byte{}
	for _, e := range kept {
		out = append(append(out, e.String()...), '\n')
	}
	return out
}
