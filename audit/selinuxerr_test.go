package audit_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/audit"
)

// TestWrappedError: a SELINUX_ERR record is the same on one line and wrapped, and what follows is not part of it.
func TestWrappedError(t *testing.T) {
	const head = "type=SELINUX_ERR msg=audit(1704861200.101:77):"
	for _, lines := range [][]string{
		{" op=security_bounded_transition seresult=denied", "oldcontext=a_u:a_r:a_t:s0", "newcontext=a_u:a_r:b_t:s0"},
		{"", "op=security_bounded_transition seresult=denied", "oldcontext=a_u:a_r:a_t:s0 newcontext=a_u:a_r:b_t:s0"},
		{" op=security_validate_transition seresult=denied", "oldcontext=a_u:a_r:a_t:s0", "newcontext=a_u:a_r:b_t:s0",
			"taskcontext=a_u:a_r:c_t:s0 tclass=file"},
		{" op=setxattr invalid_context=\"a_u:a_r:b_t:s0\""},
	} {
		const after = "\ntype=SYSCALL msg=audit(1704861200.101:77): arch=c000003e syscall=59 success=yes comm=\"x\"\n"
		plain, _ := audit.Parse(head+strings.TrimRight(" "+strings.Join(lines, " "), " ")+after, audit.Options{})
		got, stats := audit.Parse("    "+head+strings.Join(lines, "\n    ")+after, audit.Options{})
		if len(got) != 1 || len(plain) != 1 || len(got[0].Errors) != 1 || stats.MalformedCount() != 0 {
			t.Fatalf("%q: %d events, %+v", lines, len(got), stats)
		}
		one, other := got[0].Errors[0], plain[0].Errors[0]
		if one.Op != other.Op || one.OldContext != other.OldContext || one.NewContext != other.NewContext ||
			one.TaskContext != other.TaskContext || one.TClass != other.TClass || got[0].Syscall == nil {
			t.Errorf("%q:\n%+v\n%+v", lines, one, other)
		}
	}
}
