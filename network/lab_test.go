package network_test

import (
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/test/kernel/probe"
)

// ask returns the result of a question about d_t on a standard host.
func ask(t testing.TB, p *policy.Policy, q network.Question) string {
	t.Helper()
	if q.Subject == (policy.Context{}) {
		q.Subject = probe.Context(t, p, "d_t")
	}
	if q.Host.Source == "" {
		q.Host = host.Standard()
	}
	a, err := network.Ask(access.NewDecider(p), q)
	if err != nil {
		t.Fatal(err)
	}
	return probe.Outcome(p, a)
}
