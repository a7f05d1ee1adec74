package incident

import (
	"iter"
	"strings"
)

// A mergeIndex finds the findings that may be about the same files: by the path, or by the names. A log has thousands
// of findings, most of which are about files of their own.
type mergeIndex struct {
	access map[accessKey]int // numbers them
	heads  map[fileKey]int   // in places
	places []placeInIndex
}

// An accessKey is equal for findings of one domain and label.
type accessKey struct{ class, source, target, node string }

// A fileKey is the number of an accessKey with a path, or with the names of files.
type fileKey struct {
	access int
	isPath bool
	text   string
}

// A placeInIndex is the place of a finding, and where the one with the same key before it is: -1 for none.
type placeInIndex struct{ at, before, length int }

func newMergeIndex(findings int) *mergeIndex {
	return &mergeIndex{access: make(map[accessKey]int), heads: make(map[fileKey]int, findings),
		places: make([]placeInIndex, 0, findings)}
}

// keysOf returns the keys of a finding: one for its path, if it has one, and one for the names of its files.
func (x *mergeIndex) keysOf(f *Finding) (keys []fileKey) {
	a := accessKey{f.AVC.TClass, f.AVC.SContext, f.AVC.TContext, f.Event.Node}
	number, ok := x.access[a]
	if !ok {
		number = len(x.access)
		x.access[a] = number
	}
	keys = make([]fileKey, 0, 2)
	if path := f.Denial.File.Path; path != "" {
		keys = append(keys, fileKey{number, true, path})
	}
	switch len(f.Objects) {
	case 0:
	case 1:
		keys = append(keys, fileKey{number, false, baseName(f.Objects[0])})
	default:
		keys = append(keys, fileKey{number, false, strings.Join(names(f), "/")})
	}
	return keys
}

// at yields the places of the findings with a key, the last first.
func (x *mergeIndex) at(k fileKey) iter.Seq[int] {
	return func(yield func(int) bool) {
		i, ok := x.heads[k]
		for ; ok && i >= 0; i = x.places[i].before {
			if !yield(x.places[i].at) {
				return
			}
		}
	}
}

// add adds the place of a finding with a key, unless the key has it, or has too many.
func (x *mergeIndex) add(k fileKey, at int) {
	before, ok := x.heads[k]
	length := 1
	if ok {
		if length += x.places[before].length; length > maxCompared {
			return
		}
		for i := before; i >= 0; i = x.places[i].before {
			if x.places[i].at == at {
				return
			}
		}
	} else {
		before = -1
	}
	x.heads[k] = len(x.places)
	x.places = append(x.places, placeInIndex{at, before, length})
}
