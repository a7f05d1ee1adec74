package audit

import "testing"

// TestPlain: signs of emphasis go from the edges of words, and stay in names and in quotes.
func TestPlain(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"avc:  _denied  { read } for pid=1 tclass=file permissive=0_)",
			"avc:  denied  { read } for pid=1 tclass=file permissive=0)"},
		{"**avc:** **denied** { read } tcontext=a:b:user_home_t:s0 ",
			"avc: denied { read } tcontext=a:b:user_home_t:s0 "},
		{"`avc: denied { read } name=\"_a*`\"`", "avc: denied { read } name=\"_a*`\""},
		{"avc: denied { read } for name=_x_", "avc: denied { read } for name=_x_"}, // no sign at denied
	} {
		if got := string(clean([]byte(c.line))); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}
