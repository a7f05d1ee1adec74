package say

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
)

// requireBlock describes the require block of a module whose rules are not there. statements are those of the remark.
func (l *Log) requireBlock(statements []string) RemarkText {
	var types, lacking, classes []string
	for _, s := range statements {
		list := strings.Fields(s)
		if list[0] == "class" {
			classes = append(classes, words.Sprintf("%s %s", list[1], Perms(list[2:])))
			continue
		}
		for _, name := range list[1:] {
			if slices.Contains(types, name) {
				continue
			}
			types = append(types, name)
			if _, ok := l.policy().Type(name); !ok {
				lacking = append(lacking, name)
			}
		}
	}
	text := RemarkText{
		Head: "the require block of a module without its allow rules: which domain asks what, of which type, is in " +
			"the rules",
		Why: words.Sprintf("the block names only what the rules use: the types %s", strings.Join(types, ", ")),
		Fix: "show the allow rules of the module too, the lines below the block, or the records that it was made " +
			"from (next); load no module of which the rules were not read",
		Next: Recent(),
	}
	if len(classes) > 0 {
		text.Why = words.Sprintf("the block names what the rules use: the module would allow at most %s, between %s",
			strings.Join(classes, ", "), strings.Join(types, ", "))
	}
	if len(lacking) > 0 {
		text.Why += words.Sprintf("; this policy does not have %s", strings.Join(lacking, ", "))
	}
	return text
}
