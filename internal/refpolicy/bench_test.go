package refpolicy

import (
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// BenchmarkOpen reads all headers.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		openHeaders(b)
	}
}

// BenchmarkIndex makes the rules of all interfaces of headers that are read; bar: 0.1 s of processor time.
func BenchmarkIndex(b *testing.B) {
	h := openHeaders(b)
	testenv.ReportProcessorTime(b)
	for b.Loop() {
		if _, err := h.Index(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkExpand expands one call.
func BenchmarkExpand(b *testing.B) {
	h := openHeaders(b)
	for b.Loop() {
		if _, _, err := h.Expand("x", "corenet_tcp_connect_http_port(a_t)\n"); err != nil {
			b.Fatal(err)
		}
	}
}
