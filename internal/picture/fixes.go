package picture

import (
	"strings"

	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/remedy"
)

// Fixes draws what each fix of a refused operation changes: what the subject gains, and who else
// gains or loses. Those that are listed are drawn, all if all is set.
func Fixes(x *say.Fixes, all bool) *Picture {
	pic := &Picture{Columns: make([][]Box, 3), Title: sentence(x.Operation)}
	question := pic.add(0, Box{
		Head: x.Name, Text: []string{say.Action(x.Question.Operation) + " " + x.Operation.Target, x.Why()},
		Tone: tones(x.Answer.Verdict),
	})
	if x.Answer.Verdict != network.Denied {
		pic.unfixed(x)
		pic.assume(x.Answer.Assumptions)
		return pic
	}
	shown := x.Shown(all)
	for _, i := range shown {
		f := &x.List[i]
		tone := Unsure
		switch {
		case !f.Works || f.Applicability == remedy.Never:
			tone = Bad
		case f.Applicability == remedy.Safe:
			tone = Good
		}
		title := words.Sprintf("%d %s", i+1, x.Title(f))
		fix := pic.add(1, Box{Head: title, Text: append([]string{x.Degree(i)}, x.Meaning(f)...), Tone: tone})
		cost := pic.add(2, Box{Head: say.FixGains(f), Text: others(f), Tone: tone})
		pic.arrow(question, fix, tone)
		pic.arrow(fix, cost, tone)
	}
	if n := len(x.List) - len(shown); n > 0 {
		pic.Notes = append(pic.Notes, words.Sprintf("%s more with --all", say.Number(n)))
	}
	if len(x.List) == 0 {
		pic.Notes = append(pic.Notes, "no change of a label, boolean or rule makes it succeed")
	}
	pic.assume(x.Answer.Assumptions)
	return pic
}

// unfixed says why there are no fixes, and what the other end may.
func (p *Picture) unfixed(x *say.Fixes) {
	switch {
	case x.Answer.Verdict == network.Depends:
		p.Notes = append(p.Notes, "no fix is searched while this is not known")
	case x.Together == network.Allowed:
		p.Notes = append(p.Notes, "nothing to fix")
	}
	if x.Peer != nil {
		p.Notes = append(p.Notes, "the other end: "+sentence(x.Peer), x.Peer.Why())
	}
}

// others names the other domains that a fix concerns.
func others(f *remedy.Fix) []string {
	text := say.FixOthers(f)
	if text == "" {
		return nil
	}
	lines := []string{text}
	for _, side := range []struct {
		verb  string
		names []string
	}{{"gain", f.Gain.Names()}, {"lose", f.Lose.Names()}} {
		if len(side.names) > 0 {
			lines = append(lines, side.verb+": "+named(side.names))
		}
	}
	if cut := say.FixCut(f); cut != "" {
		lines = append(lines, strings.TrimSpace(cut))
	}
	return lines
}
