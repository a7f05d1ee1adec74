package audit_test

import (
	"testing"

	"github.com/senet-selinux/senet/audit"
)

// TestHeadless: a denial that was pasted without "avc:", and what is none, a case for each rule.
func TestHeadless(t *testing.T) {
	const rest = ` } for  pid=812 comm="a" name="x" scontext=system_u:system_r:httpd_t:s0 ` +
		`tcontext=system_u:object_r:var_t:s0 tclass=file permissive=0`
	for _, c := range []struct {
		what, line string
		want       int
	}{
		{"alone", "denied  { read" + rest, 1},
		{"in a list", "- denied { read" + rest, 1},
		{"with a time before it", "Oct  9 09:13:22 h kernel: denied  { read" + rest, 1},
		{"within a field", `comm="denied { read` + rest, 0},
		{"cut before the source", "denied  { read } for  tcontext=system_u:object_r:var_t:s0 tclass=file", 0},
		{"without permissions", "denied for  scontext=a:b_r:c tcontext=system_u:object_r:var_t:s0 tclass=file", 0},
	} {
		events, _ := audit.Parse(c.line+"\n", audit.Options{})
		n := 0
		for _, e := range events {
			n += len(e.AVCs)
		}
		if n != c.want {
			t.Errorf("%s: %d denials, want %d", c.what, n, c.want)
		}
	}
}
