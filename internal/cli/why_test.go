package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// BenchmarkWhy explains a log of 10,000 denials.
func BenchmarkWhy(b *testing.B) {
	policy := testenv.Policy(b, "default")
	var log strings.Builder
	for i := range 10_000 {
		domain := []string{"httpd_t", "sshd_t", "named_t", "squid_t", "mysqld_t", "ntpd_t", "cupsd_t"}[i%7]
		fmt.Fprintf(&log,
			"type=AVC msg=audit(%d.%03d:%d): avc:  denied  { name_connect } for  pid=812 comm=\"x\" dest=%d "+
				"scontext=system_u:system_r:%s:s0 tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket "+
				"permissive=0\n",
			1_700_000_000+i, i%1000, 100+i, 3000+i%13, domain)
	}
	file := filepath.Join(b.TempDir(), "audit.log")
	if err := os.WriteFile(file, []byte(log.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(log.Len()))
	b.ReportAllocs()
	for b.Loop() {
		var out, errs bytes.Buffer
		if code := Main([]string{"senet", "why", file, "--policy", policy}, strings.NewReader(""), &out,
			&errs); code != exitYes {
			b.Fatalf("exit %d: %s", code, errs.String())
		}
	}
}
