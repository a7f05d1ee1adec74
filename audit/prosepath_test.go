package audit

import (
	"slices"
	"testing"
)

// TestProsePaths: absolute paths in sentences and settings are taken whole; parts of URLs, patterns and relative paths
// are not.
func TestProsePaths(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
	}{
		{"    path: /opt/tomcat/logs/catalina.out", []string{"/opt/tomcat/logs/catalina.out"}},
		{"it writes to `/srv/app/run.log`.", []string{"/srv/app/run.log"}},
		{"the file is /srv/app/run.log.", []string{"/srv/app/run.log"}},
		{"-v /srv/a:/b/c and x=/opt/d/e", []string{"/srv/a", "/opt/d/e"}},
		{"see https://example.org/a/b.log", nil},
		{"/var/log/*.log and /srv/$NAME/x and ./a/b and a/b/c", nil},
		{"/srv/a/../b.log or /etc", nil},
		{"/srv/a.log, /srv/a.log", []string{"/srv/a.log"}},
	} {
		var p Prose
		p.paths(c.line)
		if !slices.Equal(p.Paths, c.want) {
			t.Errorf("%q: %q, not %q", c.line, p.Paths, c.want)
		}
	}
}
