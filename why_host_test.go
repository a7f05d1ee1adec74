package senet

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
)

// TestWhyElsewhere: with the facts of another machine, no configuration of this one is read.
func TestWhyElsewhere(t *testing.T) {
	if _, err := policyfile.Find(""); errors.Is(err, policyfile.ErrNone) {
		testenv.Missing(t, "no policy is installed")
	}
	if _, err := os.Stat("/etc/nginx/nginx.conf"); err != nil {
		testenv.Missing(t, err.Error())
	}
	candidates := func(o Options) int {
		ctx := context.Background()
		s, err := Open(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		log := strings.NewReader("nginx: [emerg] bind() failed (13: Permission denied)\n")
		report, err := s.Why(ctx, log, WhyOptions{Audit: audit.Options{}})
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Findings) != 1 || report.Findings[0].Symptom == nil {
			t.Fatalf("%+v", report.Findings)
		}
		return len(report.Findings[0].Symptom.Candidates)
	}
	if n := candidates(Options{}); n == 0 {
		testenv.Missing(t, "the configuration of nginx on this machine names no endpoint")
	}
	facts := host.Standard()
	if n := candidates(Options{Host: &facts}); n != 0 {
		t.Errorf("%d endpoints of this machine for another machine's log", n)
	}
}
