package interfaces

import (
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/testpolicy"
)

// BenchmarkSearch asks for one refusal, with everything computed anew but the index. Debian's headers and policy; bar:
// 5 ms of processor time.
func BenchmarkSearch(b *testing.B) {
	x := index(b)
	p := testpolicy.Debian(b, "default")
	for name, n := range map[string]Need{
		"port":   {"httpd_t", "postgresql_port_t", "tcp_socket", []string{"name_connect"}},
		"shadow": {"httpd_t", "shadow_t", "file", []string{"read", "open"}},
		"home":   {"ntpd_t", "user_home_t", "file", []string{"read"}},
		"log":    {"ntpd_t", "httpd_log_t", "dir", []string{"search"}},
	} {
		for which, anew := range map[string]bool{"first": true, "again": false} {
			b.Run(name+"/"+which, func(b *testing.B) {
				f := New(x, p)
				testenv.ReportProcessorTime(b)
				for b.Loop() {
					if anew {
						f = New(x, p)
					}
					if _, err := f.Search(n); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
