package say

import (
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// StoreCheck lists the faults of a store, a line each, or says that it has none.
func StoreCheck(b *words.Page, s *semanage.Store, findings []semanage.Finding) {
	if len(findings) == 0 {
		b.Printf("sound  store %s, %s\n", s.Name(), s.Dir())
	}
	for _, f := range findings {
		b.Printf("%-10s  %s\n", f.Code, f.Err)
	}
}
