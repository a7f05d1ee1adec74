package audit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
)

// TestProse: what people write around records, and lines of logs with the same words for something else.
func TestProse(t *testing.T) {
	for _, c := range []struct {
		text                  string
		pods, compose, floods bool
		failures              []string
	}{
		{text: "It works once I set `seLinuxOptions:` in the chart.", pods: true},
		{text: "the pods restart on OpenShift 4.14", pods: true},
		{text: "a podman container in podcasts.service"},
		{text: "I start it with docker-compose up -d", compose: true},
		{text: "**Audit Spam**: thousands of AVC denials a day", floods: true},
		{text: "the journal is full of these", floods: true},
		{text: "spamd[811]: spam score 4.1"},
		{text: "TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies."},
		{text: "check: /usr/bin/dnf cannot be found", failures: []string{"check: /usr/bin/dnf cannot be found"}},
		{text: "it never failed_over"},
		{text: strings.Repeat("x ", 400) + "pods"},
	} {
		r := audit.NewReader(strings.NewReader(c.text+"\n"), audit.Options{})
		for range r.Events() {
		}
		p := r.Prose()
		if p.Pods != c.pods || p.Compose != c.compose || p.Flood != c.floods || !slices.Equal(p.Failures, c.failures) {
			t.Errorf("%.60s: %+v", c.text, p)
		}
	}
}
