package audit

import (
	"bytes"
	"path"
	"strings"
)

// blockLine reads the Additional Information of a report whose sentence is not there, or names no permission: the label
// of its target, which is kept as a line of a listing is.
//
//	Target Context                system_u:object_r:user_home_t:s0
//	Target Objects                /srv/x [ file ]
func (r *Reader) blockLine(m []byte) bool {
	const longest = 512
	if len(m) > longest || !pasted(r.stats.Lines) {
		return false
	}
	if rest, ok := keyOfBlock(m, "Target Context"); ok {
		r.labels.target = string(bytes.TrimSpace(rest))
		return false
	}
	rest, ok := keyOfBlock(m, "Target Objects")
	if !ok || strings.Count(r.labels.target, ":") < 2 || len(r.labels.files) >= maxListed {
		return false
	}
	name, class, _ := strings.Cut(string(bytes.TrimSpace(rest)), " [ ")
	kind := kindOfClass(strings.TrimSuffix(class, " ]"))
	if !strings.HasPrefix(name, "/") || kind == 0 {
		return false
	}
	r.stats.Listed++
	r.labels.files = append(r.labels.files, Listed{Path: name, Name: path.Base(name), Kind: kind,
		Context: r.labels.target, Line: r.stats.Lines})
	r.labels.target = ""
	return true
}

// kindOfClass returns the letter of ls for a class of files, 0 for another class.
func kindOfClass(class string) byte {
	switch class {
	case "file":
		return '-'
	case "dir":
		return 'd'
	case "lnk_file":
		return 'l'
	case "sock_file":
		return 's'
	}
	return 0
}
