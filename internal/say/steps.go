package say

import (
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// Steps adds a line for each step in finding a subject, with its source.
func Steps(b *words.Page, steps []subject.Step) {
	for _, s := range steps {
		text := s.Text
		if s.From != "" {
			text += " (" + s.From + ")"
		}
		b.Printf("from  %s\n", words.Wrap(text, 6))
	}
}

// Pieces adds a line for each piece of a range of ports.
func Pieces(b *words.Page, p *policy.Policy, pieces []reach.Piece) {
	for _, piece := range pieces {
		b.Printf("      %-12s %-8s %s\n", piece.Range, piece.Verdict,
			p.TypeName(policy.TypeID(piece.Label.Context.Type)))
	}
}
