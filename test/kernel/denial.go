package kernel

import (
	"fmt"
	"strings"
)

// A Denial is an AVC record of something that was denied, or would have been.
type Denial struct {
	Call           int // the position of the call it belongs to, -1 for none
	Source, Target string
	Class          string
	Perms          string // "name_bind"
	Permissive     bool
	Text           string
}

// A Key identifies a denial in comparisons.
func (d *Denial) Key() string {
	return d.Source + " " + d.Target + " " + d.Class + " " + d.Perms
}

// parseDenial reads an audit record, "TYPE text"; ok is false if it is none of
// a denial.
func parseDenial(record string) (d Denial, ok bool, err error) {
	const avc = "1400 "
	text, isAVC := strings.CutPrefix(record, avc)
	if !isAVC || !strings.Contains(text, " denied ") {
		return d, false, nil
	}
	d.Text = text
	_, rest, ok1 := strings.Cut(text, "{ ")
	perms, rest, ok2 := strings.Cut(rest, " }")
	d.Perms = perms
	for word := range strings.FieldsSeq(rest) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "scontext":
			d.Source = value
		case "tcontext":
			d.Target = value
		case "tclass":
			d.Class = value
		case "permissive":
			d.Permissive = value == "1"
		}
	}
	if !ok1 || !ok2 || d.Source == "" || d.Target == "" || d.Class == "" {
		return d, false, fmt.Errorf("AVC record %q", text)
	}
	return d, true, nil
}
