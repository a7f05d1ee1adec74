package setools

import (
	"io"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/test/policies"
)

// BenchmarkSesearch is whole searches, from reading the policy to the last byte.
func BenchmarkSesearch(b *testing.B) {
	debian := testenv.Policy(b, "default")
	for _, bench := range []struct {
		name string
		args []string
	}{
		{"Allow", []string{"-A"}},
		{"AllowSourcePerms", []string{"-A", "-s", "httpd_t", "-p", "name_bind,name_connect"}},
		{"AllowAttribute", []string{"-A", "-s", "domain", "-p", "name_bind"}},
		{"AllowRegex", []string{"-A", "-s", "^httpd", "-rs", "-c", "tcp_socket"}},
		{"TypeTransition", []string{"-T"}},
		{"DontAudit", []string{"--dontaudit"}},
		{"JSON", []string{"-A", "--json"}},
	} {
		b.Run(bench.name, func(b *testing.B) { benchmarkSearch(b, append(bench.args, debian)...) })
	}
}

// BenchmarkSesearchFedora is a policy with 250,000 named type transitions.
func BenchmarkSesearchFedora(b *testing.B) {
	testenv.Need(b, "checkpolicy")
	path, err := policies.FedoraSize()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Allow", func(b *testing.B) { benchmarkSearch(b, "-A", path) })
	b.Run("TypeTransition", func(b *testing.B) { benchmarkSearch(b, "-T", path) })
}

func benchmarkSearch(b *testing.B, args ...string) {
	b.ReportAllocs()
	for b.Loop() {
		if code := Sesearch(args, io.Discard, io.Discard); code != 0 {
			b.Fatalf("exit code %d", code)
		}
	}
}
