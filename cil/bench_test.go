package cil_test

import (
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil"
)

// BenchmarkParse reads statements as modules of a distribution hold them:
// mostly indented rules.
func BenchmarkParse(b *testing.B) {
	const rules = `(optional base_optional_2
    (typeattributeset cil_gen_require some_domain_t)
        (allow some_domain_t other_file_t (file (read getattr open ioctl lock map)))
            (allow some_domain_t base_typeattr_1 (dir (search getattr)))
)
`
	text := strings.Repeat(rules, 20000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cil.ParseFile("rules.cil", text); err != nil {
			b.Fatal(err)
		}
	}
}
