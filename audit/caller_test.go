package audit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/audit"
)

// TestCallers: what a text names as what starts programs; a web server that is only the other side is none.
func TestCallers(t *testing.T) {
	for text, want := range map[string][]audit.Caller{
		"The form on our page uses php mail()":                  {audit.CallerWeb},
		"nginx refuses everything":                              nil,
		"it fails when called from nginx":                       {audit.CallerWeb},
		"perl, in cgi-bin":                                      {audit.CallerCGI},
		"a job in /etc/cron.daily":                              {audit.CallerSystem, audit.CallerCron},
		"our crontab":                                           {audit.CallerCron},
		"the check is run by NRPE for nagios":                   {audit.CallerNRPE, audit.CallerNagios},
		"zabbix-agent with a UserParameter":                     {audit.CallerAgent, audit.CallerMonitored},
		"acron of graphphp":                                     nil,
		"ExecStart=/opt/x":                                      {audit.CallerUnit},
		"sh: called from php: curl: (7) x: Permission denied\n": {audit.CallerWeb},
	} {
		r := audit.NewReader(strings.NewReader(text), audit.Options{Location: time.UTC})
		for _, err := range r.Events() {
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := r.Prose().Callers; !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
