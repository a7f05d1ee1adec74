package m4

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// pieces are what random texts are put together from.
var pieces = []string{
	"a", "b", "f", "g", "_t", "1", " ", "\n", "`", "'", "``", "''", "(", ")", ",", "`a'", "`,'", "#", "# a\n", "dnl\n",
	"define(`a',`b')", "define(`f',`$1b$2')", "define(`g',`f($*)')", "pushdef(`a',`$1')", "popdef(`a')",
	"undefine(`f')", "f(a,b)", "g(`a',b)", "f(", "g(", "ifelse(a,b,`f',`g')", "ifdef(`a',`x',`y')", "shift(a,b)",
	"incr(1)", "len(abc)", "$1", "$*", "$@", "$#", "f(f(a),g(b))", "define(`b',`f')", "substr(abc,1)", "divert(-1)",
	"divert", "define(`h',``$@'')", "h(a,`b')", "ifelse($#,0,`x')", "\t", "ifelse(a,a,`f(', `y')",
}

// TestRandomPeer: m4 makes the same of texts put together at random.
func TestRandomPeer(t *testing.T) {
	testenv.Need(t, "m4")
	random := rand.New(rand.NewPCG(testenv.Seed(t), 1))
	for range testenv.Rounds(150, 20000) {
		var b strings.Builder
		for range 1 + random.IntN(25) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		b.WriteByte('\n')
		// What has no end is killed in m4 by nobody.
		if _, err := New(Options{Work: 1 << 16}).Expand("x", b.String()); err != nil &&
			strings.Contains(err.Error(), "more than") {
			continue
		}
		if samePeer(t, b.String()); t.Failed() {
			return
		}
	}
}
