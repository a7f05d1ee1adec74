package audit

import "testing"

// TestVectorBegins tells records of a vector, whole or cut, from sentences about them.
func TestVectorBegins(t *testing.T) {
	for _, tt := range []struct {
		rest string
		want bool
	}{
		{"", true}, // wrapped
		{"  { read } for  pid=812 comm=\"x\"", true},
		{"  { read", true},
		{"  {", true},
		{"  { read }", true},
		{"  { read } for", true},
		{"  { read } for  co", true},
		{"{ read } for pid=1", true},
		{"  null for pid=1", true},
		{" read for pid=812", true},
		{" name_x for pid=812 scontext=a:b:c_t", true},
		{" messages in the journal", false},
		{"\" in the log", false},
		{"`", false},
		{", I thought it was harmless", false},
		{" (and more)", false},
		{" { read }` is what I see", false},
		{" { write } for httpd", false},
		{" read access", false},
	} {
		if got := vectorBegins([]byte(tt.rest)); got != tt.want {
			t.Errorf("%q: %t, want %t", tt.rest, got, tt.want)
		}
	}
}
