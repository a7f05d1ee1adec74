package audit

import "testing"

func TestContextType(t *testing.T) {
	for _, c := range [...]struct{ context, want string }{
		{"system_u:system_r:httpd_t:s0", "httpd_t"},
		{"system_u:system_r:httpd_t", "httpd_t"},
		{"httpd_t", "httpd_t"},
		{"s0", ""},
		{"u:r:vold:s0", "vold"},
		{"u:r:rpcd.subj", "rpcd.subj"},
		{"sys.id:sys.role:rpcd.subj:s0", "rpcd.subj"},
		{"u:r:s0:c1,c2", ""},
		{"ubject_r:vold_exec:s0", "vold_exec"},
		{"bject_r:vold_exec:s0:c1,c2", "vold_exec"},
		{"r:vold:s0", "vold"},
		{"u:vold:s0", "vold"},
		{"ubject_r:s0:c1,c2", ""},
		{"system_u\u2639bject_r:etc_t:s0", "etc_t"},
		{"system_u:object_r:s0:c1.c5", ""},
		{"system_u:etc_t:s0-s0:c0.c1023", "etc_t"},
		{"etc_t:s0", "etc_t"},
		{"system_u:s0", ""},
		{"user_u:user_r:cat_t:s0-", "cat_t"},
		{"", ""},
	} {
		if got := ContextType(c.context); got != c.want {
			t.Errorf("%s: %q, want %q", c.context, got, c.want)
		}
	}
}

func TestMendContexts(t *testing.T) {
	for _, c := range [...]struct{ source, target, wantSource, wantTarget string }{
		{"u:r:vold:s0", "ubject_r:vold_exec:s0:c1,c2", "u:r:vold:s0", "u:object_r:vold_exec:s0:c1,c2"},
		{"r:vold:s0", "u:object_r:vold_exec:s0", "u:r:vold:s0", "u:object_r:vold_exec:s0"},
		{"u:r:vold:s0", "ubject_r:s0", "u:r:vold:s0", "ubject_r:s0"},
		{"system_u:system_r:cupsd_t:s0", "system_u\u2639bject_r:etc_t:s0", "system_u:system_r:cupsd_t:s0",
			"system_u:object_r:etc_t:s0"},
		{"cupsd_t", "etc_t", "cupsd_t", "etc_t"},
	} {
		a := AVC{SContext: c.source, TContext: c.target}
		a.mendContexts()
		if a.SContext != c.wantSource || a.TContext != c.wantTarget {
			t.Errorf("%s %s: %s %s", c.source, c.target, a.SContext, a.TContext)
		}
		if changed := c.source != c.wantSource || c.wantTarget != c.target; changed && len(a.Inferred) != 1 {
			t.Errorf("%s %s: %v", c.source, c.target, a.Inferred)
		}
	}
}

func TestRestOfContext(t *testing.T) {
	for _, c := range [...]struct {
		cut, next string
		want      bool
	}{
		{"user_u:user_r:cat_t:s0-", "   s0:c0.c1023", true},
		{"user_u:user_r:cat_t:s0-s0:c1,", "   c9", true},
		{"user_u:user_r:cat_t:s0", "   s0:c0.c1023", false},
		{"user_u:user_r:cat_t:s0-", "Target Objects   fd [ dir ]", false},
		{"user_u:user_r:cat_t:s0-", "", false},
		{"", "s0", false},
	} {
		if got := restOfContext(c.cut, []byte(c.next)); got != c.want {
			t.Errorf("%q %q: %v", c.cut, c.next, got)
		}
	}
}
