package policydb_test

import (
	"testing"

	"github.com/senet-selinux/senet/policydb"
)

// TestParseNames: each value is read from the name that it prints, other names are none.
func TestParseNames(t *testing.T) {
	for _, want := range []policydb.Target{policydb.TargetSELinux, policydb.TargetXen} {
		if got, ok := policydb.ParseTarget(want.String()); !ok || got != want {
			t.Errorf("target %s: %v, %v", want, got, ok)
		}
	}
	for _, want := range []policydb.HandleUnknown{
		policydb.UnknownDeny, policydb.UnknownReject, policydb.UnknownAllow,
	} {
		if got, ok := policydb.ParseHandleUnknown(want.String()); !ok || got != want {
			t.Errorf("handle-unknown %s: %v, %v", want, got, ok)
		}
	}
	if _, ok := policydb.ParseTarget("Xen"); ok {
		t.Error("there is a target Xen")
	}
	if _, ok := policydb.ParseHandleUnknown(""); ok {
		t.Error("the empty name is a value")
	}
}
