package oracle

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

func TestLoadTimes(t *testing.T) {
	Need(t)
	times, err := LoadTimes(testenv.Policy(t, "default"), 3)
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range times {
		if d <= 0 {
			t.Errorf("load %d took %v", i, d)
		}
	}
	t.Logf("loads: %v", times)
}

func TestLoadsRefuses(t *testing.T) {
	Need(t)
	image, err := os.ReadFile(testenv.Policy(t, "default"))
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut")
	if err := os.WriteFile(cut, image[:len(image)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{cut, filepath.Join(t.TempDir(), "absent")} {
		if err := Loads(path); err == nil {
			t.Errorf("%s: accepted", filepath.Base(path))
		}
	}
}

// What libsepol wrote it writes again the same, and it keeps the version.
func TestRewrite(t *testing.T) {
	Need(t)
	for _, kind := range []string{"default", "mls"} {
		path := testenv.Policy(t, kind)
		once, err := Rewrite(path)
		if err != nil {
			t.Fatal(err)
		}
		tmp := filepath.Join(t.TempDir(), "policy")
		if err := os.WriteFile(tmp, once, 0o600); err != nil {
			t.Fatal(err)
		}
		twice, err := Rewrite(tmp)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once, twice) {
			t.Errorf("%s: the second rewrite differs from the first", kind)
		}
		image, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(once) != len(image) || !bytes.Equal(once[:28], image[:28]) {
			t.Errorf("%s: length %d, header % x; the file has %d, % x", kind, len(once), once[:28], len(image),
				image[:28])
		}
	}
}

func TestAccess(t *testing.T) {
	Need(t)
	const (
		httpd      = "system_u:system_r:httpd_t:s0 "
		nameBind   = 1 << 20 // of Debian's class tcp_socket
		nameConn   = 1 << 22
		allAudited = 0xffffffff
	)
	tests := []struct {
		name, query string
		bools       []string
		want        Decision
	}{
		{"unconditional rule", httpd + "system_u:object_r:http_port_t:s0 tcp_socket", nil,
			Decision{Allowed: nameBind, AuditDeny: allAudited}},
		{"conditional rule, off", httpd + "system_u:object_r:http_cache_port_t:s0 tcp_socket", nil,
			Decision{Allowed: nameBind, AuditDeny: allAudited}},
		{"conditional rule, on", httpd + "system_u:object_r:http_cache_port_t:s0 tcp_socket",
			[]string{"httpd_can_network_relay=1"},
			Decision{Allowed: nameBind | nameConn, AuditDeny: allAudited}},
		{"unknown class", httpd + "system_u:object_r:http_port_t:s0 nosuch", nil, Decision{Err: "class"}},
		{"role not authorized for the type",
			"system_u:user_r:http_port_t:s0 system_u:object_r:http_port_t:s0 tcp_socket", nil,
			Decision{Err: "source context"}},
		{"context without its level", httpd + "system_u:object_r:http_port_t tcp_socket", nil,
			Decision{Err: "target context"}},
		{"two fields", "a b", nil, Decision{Err: "not SCONTEXT TCONTEXT CLASS"}},
	}
	path := testenv.Policy(t, "default")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Access(path, []string{tt.query}, tt.bools...)
			if err != nil {
				t.Fatal(err)
			}
			if got[0] != tt.want {
				t.Errorf("got %+v, want %+v", got[0], tt.want)
			}
		})
	}
}

// Answers do not depend on the queries before them, however many.
func TestAccessMany(t *testing.T) {
	Need(t)
	queries := []string{
		"system_u:system_r:httpd_t:s0 system_u:object_r:http_port_t:s0 tcp_socket",
		"system_u:system_r:httpd_t:s0-s0:c1.c3 system_u:object_r:etc_t:s0:c2 file",
		"system_u:system_r:init_t:s0 system_u:system_r:httpd_t:s0 process",
		"nonsense nonsense file",
	}
	path := testenv.Policy(t, "default")
	alone := make([]Decision, len(queries))
	for i, q := range queries {
		got, err := Access(path, []string{q})
		if err != nil {
			t.Fatal(err)
		}
		alone[i] = got[0]
	}
	const rounds = 5000
	many, err := Access(path, slices.Repeat(queries, rounds))
	if err != nil {
		t.Fatal(err)
	}
	if len(many) != rounds*len(queries) {
		t.Fatalf("%d answers", len(many))
	}
	for i, got := range many {
		if want := alone[i%len(alone)]; got != want {
			t.Fatalf("query %d: got %+v, alone %+v", i, got, want)
		}
	}
}

func TestAccessErrors(t *testing.T) {
	Need(t)
	path := testenv.Policy(t, "default")
	if _, err := Access(path, []string{"a b c"}, "nosuchboolean=1"); err == nil {
		t.Error("unknown boolean: no error")
	}
	if _, err := Access(path, []string{"a b c"}, "httpd_can_network_relay"); err == nil {
		t.Error("boolean without a value: no error")
	}
	if _, err := Access(path, []string{"a b c\nd e f"}); err == nil {
		t.Error("query of two lines: no error")
	}
}
