package diffreport

import (
	"github.com/senet-selinux/senet/internal/testreport"
	"github.com/senet-selinux/senet/internal/version"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydiff"
)

// SARIF returns a report as a SARIF 2.1.0 log. Every result has a location, since some tools require
// one: the statement that it comes from if the modules of l are known, else the policy after.
func SARIF(after string, r *policydiff.Report, l *Listing) []byte {
	list := findings(r)
	uri := testreport.URI(after)
	var kinds []testreport.Rule
	var places []testreport.Place
	for _, kind := range rules() {
		kinds = append(kinds, testreport.Rule{ID: kind.id, Title: kind.title, Level: kind.level})
		for _, f := range list {
			if f.rule == kind.id {
				p := testreport.Place{Rule: kind.id, Level: kind.level, Text: words.Safe(f.text)}
				l.place(&f.cause, uri, &p)
				places = append(places, p)
			}
		}
	}
	return testreport.SARIF("senet", version.Get().Version, kinds, places)
}
