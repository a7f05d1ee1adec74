package incident_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// TestKnownDenialsSurviveAFlood: denials of as many ports, with names of the policy, are all there although more
// invented kinds came than are kept.
func TestKnownDenialsSurviveAFlood(t *testing.T) {
	file, err := policydb.Decode([]byte(examples.Policy()))
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(file)
	const limit, forged, real = 400, 2000, 100
	var log strings.Builder
	line := func(source, class, perm string, port int) {
		fmt.Fprintf(&log,
			"type=AVC msg=audit(1760000000.000:%d): avc:  denied  { %s } for  pid=7 comm=\"x\" dest=%d "+
				"scontext=system_u:system_r:%s tcontext=system_u:object_r:%s tclass=%s permissive=0\n",
			log.Len(), perm, port, source, source, class)
	}
	known := ""
	for id := range p.Types() {
		known = p.TypeName(id)
		break
	}
	for i := range forged {
		switch i % 3 {
		case 0:
			line(fmt.Sprintf("forged%d_t", i), "tcp_socket", "name_connect", 1)
		case 1:
			line(known, fmt.Sprintf("forged%d", i), "name_connect", 1)
		default:
			line(known, "tcp_socket", fmt.Sprintf("forged%d", i), 1)
		}
		if i%(forged/real) == 0 {
			line(known, "tcp_socket", "name_connect", 2+i/(forged/real))
		}
	}
	options := audit.FolderOptions{Groups: limit, Known: incident.KnownTo(p)}
	got, err := incident.ReadInto(strings.NewReader(log.String()), audit.Options{}, options)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, k := range got.Kinds() {
		if k.Signature.SourceType == known && k.Signature.Permissions == "name_connect" &&
			k.Signature.Class == "tcp_socket" {
			found += k.Groups
		}
	}
	if d := got.Dropped(); found != real || d.Denials != 0 || d.UnknownDenials == 0 {
		t.Errorf("%d of %d groups of known names, %+v", found, real, d)
	}
}
