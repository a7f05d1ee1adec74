package audit

import (
	"bytes"
	"slices"

	"github.com/senet-selinux/senet/audit/internal/listing"
)

// Listed is a file with its label in a listing: a line of ls -Z, stat, restorecon or matchpathcon.
type Listed = listing.File

// listings has the listed files of a log.
type listings struct {
	scanner listing.Scanner
	files   []Listed
	target  string // the Target Context of a report without its sentence
}

// maxListed bounds the files that are kept. [Stats] counts the others too.
const maxListed = 512

// Listed returns the files of listings with labels in the input up to now, in its order, at most 512. They are no
// events: a listing says what a label was, and not when or by whom.
func (r *Reader) Listed() []Listed { return slices.Clone(r.labels.files) }

// listing reads a line of a listing of labels. It does not allocate for other lines.
func (r *Reader) listing(line []byte) bool {
	if !bytes.Contains(line, []byte(":object_r:")) {
		return false
	}
	line = bytes.ReplaceAll(clean(line), []byte("&gt;"), []byte(">"))
	files := r.labels.scanner.Read(r.stats.Lines, string(line))
	r.stats.Listed += int64(len(files))
	if room := maxListed - len(r.labels.files); room < len(files) {
		files = files[:room]
	}
	if r.terminal.container != nil {
		for i := range files {
			files[i].Path = "" // it is none of the host
		}
	}
	r.labels.files = append(r.labels.files, files...)
	if len(files) == 0 && r.prose.Label == "" && pasted(r.stats.Lines) {
		r.prose.Label = proseLabel(string(line))
	}
	return len(files) > 0
}

// unrecognised counts a line that nothing reads. It may be the command of a listing that follows.
func (r *Reader) unrecognised(line []byte) {
	r.stats.Unrecognised++
	const longest = 96 // a line of sestatus
	if len(line) < longest && bytes.Contains(line, []byte("SELinux status:")) {
		r.stats.Disabled = bytes.Contains(line, []byte("disabled"))
	}
	if !r.stats.Unlogged && pasted(r.stats.Lines) {
		r.stats.Unlogged = noRecord(line)
	}
	if pasted(r.stats.Lines) {
		if len(bytes.TrimSpace(line)) > 0 && !bytes.HasPrefix(line, []byte("```")) {
			r.loaded = 0
			if saysLoaded(line) {
				r.loaded = r.stats.Lines
			}
		}
		r.stats.Blamed = r.stats.Blamed || blamed(line)
		r.stats.Mislabeled.read(line)
	}
	r.verdictLine(line)
	r.labels.scanner.Past(r.stats.Lines, line)
	if r.stats.Unrecognised <= maxProse {
		r.prose.read(line)
		r.prose.logOf(line, r.stats.Lines)
	}
}
