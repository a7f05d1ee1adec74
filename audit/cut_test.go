package audit

import (
	"slices"
	"testing"
)

// TestCut keeps what is left of a record that was cut, and the modes of the records beside it.
func TestCut(t *testing.T) {
	_, stats := Parse(`type=AVC msg=audit(1700000000.001:1): avc:  denied  { read open } for  pid=81 comm="a" `+
		`name="x" scontext=u:r:a_t:s0 tcon
type=AVC msg=audit(1700000000.002:2): avc:  denied  { read } for  pid=81 comm="a" scontext=u:r:a_t:s0 `+
		`tcontext=u:r:b_t:s0 tclass=file permissive=1
`, Options{})
	want := []Field{{"permissions", "read open"}, {"comm", "a"}, {"name", "x"}, {"scontext", "u:r:a_t:s0"}}
	if len(stats.Malformed) != 1 || !slices.Equal(stats.Malformed[0].Has, want) {
		t.Errorf("%+v, want %+v", stats.Malformed, want)
	}
	if stats.OnlyLogged != 1 || stats.Enforced != 0 {
		t.Errorf("%d lines with permissive=1 and %d with permissive=0", stats.OnlyLogged, stats.Enforced)
	}
}

// TestEmptyEvents tells documents of auditbeat without any field of a record from those that have some.
func TestEmptyEvents(t *testing.T) {
	for _, tt := range []struct{ line, kind string }{
		{`{"event":{"action":"violated-selinux-policy"},"auditd":{"data":{},"sequence":1}}`, MalformedEmpty},
		{`{"event":{"action":"violated-selinux-policy"},"auditd":{"data":{},"sequ`, MalformedEmpty},
		{`{"event":{"action":"violated-selinux-policy"},"auditd":{"data":{"comm":"a"},"sequence":1}}`,
			MalformedSummary},
		{`{"event":{"action":"violated-selinux-policy"},"auditd":{"data":{"comm":"a"},"sequ`, MalformedJSON},
	} {
		_, stats := Parse(tt.line+"\n", Options{})
		if len(stats.Malformed) != 1 || stats.Malformed[0].Kind != tt.kind {
			t.Errorf("%s: %+v, want %s", tt.line, stats.Malformed, tt.kind)
		}
	}
}
