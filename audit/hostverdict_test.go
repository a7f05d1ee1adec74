package audit

import (
	"fmt"
	"strings"
	"testing"
)

// TestHostVerdicts: what audit2why says below a record, a case for each answer, and what is none.
func TestHostVerdicts(t *testing.T) {
	const record = `type=AVC msg=audit(1700000000.000:7): avc:  denied  { read open } for  pid=7 comm="x" name="y" ` +
		"scontext=system_u:system_r:x_t:s0:c1 tcontext=system_u:object_r:y_t:s0 tclass=file permissive=0\n" +
		"\n\tWas caused by:\n"
	for _, c := range []struct{ rule, more, want string }{
		{"allowed there", "\t\tUnknown - would be allowed by active policy\n", "allowed []"},
		{"hidden there", "\t\tUnknown - should be dontaudit'd by active policy\n", "dontaudit []"},
		{"no rule", "\t\tMissing type enforcement (TE) allow rule.\n", "no-rule []"},
		{"a constraint", "\t\tPolicy constraint violation.\n", "constraint []"},
		{"a role", "\t\tMissing role allow rule.\n", "role []"},
		{"a boolean", "\tThe boolean one was set incorrectly. \n\tDescription:\n\n\t# setsebool -P one 1\n",
			"boolean [one]"},
		{"several", "\tOne of the following booleans was set incorrectly.\n\t# setsebool -P one 1\n" +
			"\t# setsebool -P two 1\n",
			"boolean [one two]"},
		{"not a name", "\tOne of the following booleans was set incorrectly.\n\t# setsebool -P ; 1\n", "boolean []"},
		{"a command far behind", "\tOne of the following booleans was set incorrectly.\n" +
			strings.Repeat("x\n", maxBooleanLines+1) + "# setsebool -P one 1\n", "boolean []"},
		{"a command that follows no boolean", "\t\tPolicy constraint violation.\n# setsebool -P one 1\n",
			"constraint []"},
		{"no answer", "\t\tsomething\n# setsebool -P one 1\n", ""},
	} {
		r := NewReader(strings.NewReader(record+c.more), Options{})
		for _, err := range r.Events() {
			if err != nil {
				t.Fatal(err)
			}
		}
		got := ""
		for _, v := range r.HostVerdicts() {
			got += fmt.Sprint(v.Kind, " ", v.Booleans)
			if v.SourceType != "x_t" || v.TargetType != "y_t" || v.Class != "file" || v.Permissions != "read open" {
				t.Errorf("%s: %+v", c.rule, v)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.rule, got, c.want)
		}
	}
	r := NewReader(strings.NewReader("Missing type enforcement (TE) allow rule.\n"), Options{})
	for range r.Events() {
	}
	if list := r.HostVerdicts(); len(list) != 0 {
		t.Errorf("without a record: %+v", list)
	}
	many := NewReader(strings.NewReader(strings.Repeat(record+"Policy constraint violation.\n", 60)), Options{})
	for range many.Events() {
	}
	if n := len(many.HostVerdicts()); n != maxHostVerdicts {
		t.Errorf("%d answers of many", n)
	}
}
