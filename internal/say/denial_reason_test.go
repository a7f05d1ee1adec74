package say

import (
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/policy"
)

// TestWidest chooses the rule to name first: the one that grants the most, not the first of the first permission.
func TestWidest(t *testing.T) {
	narrow, wide, other := policy.Rule{Source: 1}, policy.Rule{Source: 2}, policy.Rule{Source: 3}
	check := func(name string, rules ...policy.Rule) access.PermCheck {
		return access.PermCheck{Name: name, Allowed: true, Reason: access.Reason{Code: access.Granted, Rules: rules}}
	}
	checks := []access.PermCheck{check("open", narrow, wide), check("read", wide), check("write", other)}
	if got := widest(checks); got != wide {
		t.Errorf("%+v, want %+v", got, wide)
	}
	if got := widest(checks[2:]); got != other {
		t.Errorf("%+v, want %+v", got, other)
	}
}
