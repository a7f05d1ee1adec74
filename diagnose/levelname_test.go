package diagnose_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/network"
)

// TestLevelNames: the names of mcstrans for levels, a case for each rule.
func TestLevelNames(t *testing.T) {
	g, p := ask(debian(t))
	for _, c := range []struct {
		rule, source, target string
		want                 string // the source of the question
		assumed              string
		step                 diagnose.Step
	}{
		{"the lowest", "SystemLow", "SystemLow", "s0", "SystemLow is how mcstrans names a level: taken as s0", ""},
		{"the range of all", "SystemLow-SystemHigh", "s0", "s0-s0:c0.c1023", "taken as s0-s0:c0.c1023", ""},
		{"the same level in two forms", "s0", "SystemLow", "s0", "taken as s0", ""},
		{"another name", "s0", "Restricted", "s0", "Restricted is a name for a level", diagnose.StepLevelName},
		{"another name on both sides", "Restricted", "Restricted", "s0", "Restricted is a name for a level", ""},
		{"a level of another policy is no name", "s0", "s3:c7", "s0", "", diagnose.StepLevel},
	} {
		log := strings.NewReplacer("httpd_t:s0", "httpd_t:"+c.source, "httpd_sys_content_t:s0",
			"httpd_sys_content_t:"+c.target).Replace(
			`avc:  denied  { read } for  pid=7 comm="x" name="y" dev="sda1" ino=7 ` +
				"scontext=system_u:system_r:httpd_t:s0 tcontext=system_u:object_r:httpd_sys_content_t:s0 tclass=file")
		e := one(t, log)
		d := g.AVC(e, &e.AVCs[0])
		if got := p.FormatRange(d.Source.Range); got != c.want || d.Step != c.step {
			t.Errorf("%s: %s, %q", c.rule, got, d.Step)
		}
		text := ""
		for _, a := range d.Assumptions {
			if a.Code == network.AssumedLevelName {
				text += a.Text
			}
		}
		if c.assumed == "" != (text == "") || !strings.Contains(text, c.assumed) {
			t.Errorf("%s: assumed %q, want %q", c.rule, text, c.assumed)
		}
	}
}
