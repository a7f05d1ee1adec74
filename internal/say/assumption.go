package say

import (
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// Assumptions adds a line for each assumption of an answer.
func Assumptions(b *words.Page, list []network.Assumption) {
	for _, a := range list {
		b.Printf("note  %s\n", words.Wrap("assumed: "+a.Text+" ["+a.Code+"]", 6))
	}
}
