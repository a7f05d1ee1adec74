package remedy_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// A situation is a refused operation with the fix that an experienced administrator
// makes, and why.
type situation struct {
	policy string // debian: the package's; redhat: the model
	ask    string // domain, operation, port
	want   string // the name of a fix; others that are as good behind |
	why    string
}

// TestSituations: in the situations of the table the fix that an experienced
// administrator picks is the first, or the second behind a type of its own.
func TestSituations(t *testing.T) {
	for _, s := range situations {
		place, harmful, list := s.place(t)
		if place != 1 {
			t.Errorf("%s: %s: %s is at %d of %v (%s)", s.policy, s.ask, s.want, place, list, s.why)
		}
		if len(harmful) > 0 {
			t.Errorf("%s: %s: harmful among the first three that are offered: %v", s.policy, s.ask, harmful)
		}
	}
	if len(situations) < 40 {
		t.Errorf("%d situations, want at least 40", len(situations))
	}
}

// TestOtherSituations: of 60 others at least 54 have that fix first, or second behind a
// type of its own, and at most 3 have something harmful among the first three.
func TestOtherSituations(t *testing.T) {
	good, bad := 0, 0
	for _, s := range otherSituations {
		place, harmful, list := s.place(t)
		if place == 1 {
			good++
		} else {
			t.Logf("%s: %s: %s is at %d of %v", s.policy, s.ask, s.want, place, list)
		}
		if len(harmful) > 0 {
			bad++
			t.Logf("%s: %s: harmful: %v", s.policy, s.ask, harmful)
		}
	}
	t.Logf("%d of %d first, or second behind an own type; %d with something harmful", good, len(otherSituations), bad)
	if len(otherSituations) != 60 || good < 54 || bad > 3 {
		t.Errorf("%d situations, want 60; %d good, want 54; %d harmful, want at most 3", len(otherSituations), good,
			bad)
	}
}

// place returns the place of the wanted fix, where a type of its own in front does not
// count, and what is harmful among the first three fixes that are offered: another
// service's label, a boolean for all, one that is far wider than another fix.
func (s *situation) place(t *testing.T) (place int, harmful, list []string) {
	t.Helper()
	p := redhat()
	if s.policy == "debian" {
		p = testpolicy.Open(t, testenv.Policy(t, "default"))
	}
	words := strings.Fields(s.ask)
	protocol, number, _ := strings.Cut(words[2], "/")
	port, err := strconv.ParseUint(number, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	pr := problem(t, p, words[0], network.Operation(words[1]), network.Protocol(protocol), uint16(port))
	r, err := remedy.Find(access.NewDecider(p), pr)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range r.Fixes {
		f := &r.Fixes[i]
		name := f.Name(p)
		list = append(list, name)
		if f.Kind != remedy.OwnType || slices.Contains(strings.Split(s.want, "|"), name) {
			n++
		}
		if place == 0 && slices.Contains(strings.Split(s.want, "|"), name) {
			place = n
		}
	}
	wanted := slices.IndexFunc(list, func(name string) bool {
		return slices.Contains(strings.Split(s.want, "|"),
			name)
	})
	for i := range r.Fixes {
		f := &r.Fixes[i]
		if f.Applicability == remedy.Never || !f.Works {
			continue
		}
		if i >= 3 {
			break
		}
		if i != wanted && harm(p, f) {
			harmful = append(harmful, list[i])
		}
	}
	if len(list) > 8 {
		list = list[:8]
	}
	return place, harmful, list
}

// harm reports whether a fix is one that nobody should make for a service: judged by its
// costs alone, and by the words of the types, not by what package remedy thinks of it.
func harm(p *policy.Policy, f *remedy.Fix) bool {
	switch f.Kind {
	case remedy.Boolean:
		for _, s := range f.Bools {
			name := p.BoolName(s.Bool)
			if slices.Contains([]string{"nis_enabled", "allow_ypbind", "authlogin_nsswitch_use_ldap"}, name) {
				return true
			}
		}
		return f.SubjectConnect.Len()+f.SubjectBind.Len() > 1000
	case remedy.Label:
		return slices.Contains([]string{"vnc_port_t", "xserver_port_t", "soundd_port_t", "ntop_port_t",
			"jboss_management_port_t", "puppet_port_t", "reserved_port_t", "hi_reserved_port_t", "amavisd_send_port_t",
			"spamd_port_t", "rsh_port_t", "gopher_port_t", "efs_port_t"}, f.Type)
	}
	return false
}
