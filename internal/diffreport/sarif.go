package diffreport

import (
	"net/url"

	"github.com/senet-selinux/senet/internal/testreport"
	"github.com/senet-selinux/senet/internal/version"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydiff"
)

// SARIF returns a report as a SARIF 2.1.0 log. Every result has a location, the policy after, since
// some tools require one.
func SARIF(after string, r *policydiff.Report) []byte {
	list := findings(r)
	uri := (&url.URL{Path: after}).String()
	var kinds []testreport.Rule
	var places []testreport.Place
	for _, kind := range rules() {
		kinds = append(kinds, testreport.Rule{ID: kind.id, Title: kind.title, Level: kind.level})
		for _, f := range list {
			if f.rule == kind.id {
				places = append(places, testreport.Place{
					Rule: kind.id, Level: kind.level, Text: words.Safe(f.text), URI: uri, Line: 1,
				})
			}
		}
	}
	return testreport.SARIF("senet", version.Get().Version, kinds, places)
}
