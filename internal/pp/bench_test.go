package pp_test

import (
	"os"
	"testing"

	"github.com/senet-selinux/senet/internal/bzip2"
	"github.com/senet-selinux/senet/internal/pp"
	"github.com/senet-selinux/senet/internal/testenv"
)

// BenchmarkCIL converts Debian's largest module but the base.
func BenchmarkCIL(b *testing.B) {
	packed, err := os.ReadFile("/usr/share/selinux/default/apache.pp.bz2")
	if err != nil {
		testenv.Missing(b, err.Error())
	}
	data, err := bzip2.Decode(packed, 1<<30)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		p, err := pp.Decode(data)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.CIL(pp.Release34); err != nil {
			b.Fatal(err)
		}
	}
}
