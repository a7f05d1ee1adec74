package audit

import "testing"

// TestShortened: people leave out the user and the role of a context, with marks in their place; what has none stays.
func TestShortened(t *testing.T) {
	for context, want := range map[string]string{
		"...:httpd_t":               "httpd_t",
		"…:httpd_t:s0":              "httpd_t",
		"*:*:httpd_t:s0":            "httpd_t",
		"_:_:httpd_t":               "httpd_t",
		"...:...:httpd_t:...":       "httpd_t",
		"system_u:system_r:httpd_t": "system_u:system_r:httpd_t",
		"system_u:...:httpd_t:s0":   "httpd_t",
		"...:system_r:httpd_t:s0":   "httpd_t",
		"...:s0":                    "...:s0",
		":httpd_t":                  ":httpd_t",
		"":                          "",
		"u:object_r:x:s0":           "u:object_r:x:s0",
		"httpd_t":                   "httpd_t",
	} {
		if got := shortened(context); got != want {
			t.Errorf("%q: got %q, want %q", context, got, want)
		}
	}
}
