package incident

import (
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// reported joins the complaints about a file with the report of setroubleshoot that names the same file by its whole
// path and a permission that the operation needs: both are one event. A complaint that two reports fit stays.
func (x *examination) reported(list []symptom) []symptom {
	list = list[:len(list):len(list)]
	if !slices.ContainsFunc(list, func(s symptom) bool { return ofReport(&s) }) {
		return list
	}
	rest := make([]symptom, 0, len(list))
	said := make(map[*audit.Event][]Complaint)
	for i := range list {
		s := &list[i]
		var found *audit.Event
		n := 0
		for j := range list {
			if i < maxJoined && j < maxJoined && ofReport(&list[j]) && !ofReport(s) && sameEvent(s, &list[j]) {
				found = list[j].Example
				n++
			}
		}
		if n != 1 {
			rest = append(rest, *s)
			continue
		}
		said[found] = append(said[found], Complaint{s.SymptomGroup, false})
		x.report.Complaints -= s.Count
	}
	for i := range rest {
		rest[i].same = said[rest[i].Example]
	}
	return rest
}

// ofReport reports whether a symptom is a report of setroubleshoot about a file.
func ofReport(s *symptom) bool {
	said := s.Example.Symptom
	return said.Asked != "" && said.Protocol == "file" && path.IsAbs(said.Path)
}

// sameEvent reports whether a complaint is about the refusal of a report.
func sameEvent(s, report *symptom) bool {
	said, told := s.Example.Symptom, report.Example.Symptom
	return said.Protocol == "file" && s.Example.Container == nil && path.IsAbs(said.Path) &&
		path.Clean(said.Path) == path.Clean(told.Path) &&
		slices.ContainsFunc(strings.Fields(told.Asked), func(p string) bool {
			return p == said.Operation || slices.Contains(permissionsOf(said.Operation), p)
		})
}
