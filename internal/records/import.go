package records

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/semanage"
)

// Import stages the lines of an export that are for records of one kind, and returns how many lines
// are for others. The error is the one of [semanage.Tx.Import], with line numbers of the whole
// text.
func Import(tx *semanage.Tx, kind semanage.Kind, text string) (others int, err error) {
	var lines strings.Builder
	for line := range strings.Lines(text) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		known := slices.ContainsFunc(semanage.Kinds(), func(k semanage.Kind) bool { return k.String() == word })
		if known && word != kind.String() {
			others++
			line = "\n"
		}
		lines.WriteString(line)
	}
	skipped, err := tx.Import(strings.NewReader(lines.String()))
	return others + len(skipped), err
}
