package picture

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

// Layers draws the layers of an operation: those that are asked and allow it are lit, those that
// refuse it stop it, those that are not asked are dark. The layers that decide lead to the result:
// all that allow an operation that is allowed, else those that do not. A process at the other end
// has its own.
func Layers(a *senet.Answer) *Picture {
	pic := &Picture{Columns: make([][]Box, 3)}
	o := say.OperationOf(a)
	pic.Title = sentence(o)
	pic.layers(o)
	if peer := say.PeerOf(a); peer != nil {
		pic.Notes = append(pic.Notes, "below: "+sentence(peer))
		pic.layers(peer)
	}
	pic.assume(a.Assumptions)
	return pic
}

// sentence is the headline without its mark.
func sentence(o *say.Operation) string {
	action := say.Action(o.Question.Operation)
	switch o.Answer.Verdict {
	case network.Denied:
		logged := ""
		if o.OnlyLogged {
			logged = " (permissive now: only logged)"
		}
		return words.Sprintf("%s may not %s %s%s", o.Name, action, o.Target, logged)
	case network.Depends:
		return words.Sprintf("it depends whether %s may %s %s", o.Name, action, o.Target)
	}
	return words.Sprintf("%s may %s %s", o.Name, action, o.Target)
}

// layers adds the boxes of one end.
func (p *Picture) layers(o *say.Operation) {
	tone := tones(o.Answer.Verdict)
	subject := p.add(0, Box{Head: o.Name, Text: []string{say.Action(o.Question.Operation) + " " + o.Target}})
	groups := network.Groups(o.Answer.Layers)
	silent := make(map[string]Place) // the box of the layers that are not asked, by the reason
	target := p.add(2, Box{Head: o.Target, Text: []string{o.Why()}, Tone: tone})
	var asked []Place
	for i := range groups {
		g := &groups[i]
		box := Box{Head: string(g.Layer), Tone: Good}
		if !g.Consulted {
			if o.Portless && (g.Layer == network.LayerPort || g.Layer == network.LayerCapability) {
				continue
			}
			place, ok := silent[g.NotConsulted]
			if !ok {
				box.Tone, box.Text = Dark, []string{"not consulted: " + g.NotConsulted}
				place = p.add(1, box)
				silent[g.NotConsulted] = place
				p.arrow(subject, place, Dark)
			} else if names := &p.Columns[1][place.Row].Head; !slices.Contains(strings.Split(*names, ", "), box.Head) {
				*names += ", " + box.Head
			}
			continue
		}
		box.Text = []string{o.Check(g), say.State(g)}
		if g.LabelledBy != "" {
			box.Text = append(box.Text, g.LabelledBy)
		}
		if g.Refused() != nil {
			if box.Tone = Bad; g.Unknown || g.Excused || g.Permissive {
				box.Tone = Unsure
			}
		}
		place := p.add(1, box)
		p.arrow(subject, place, box.Tone)
		asked = append(asked, place)
	}
	p.decide(asked, target)
}

// decide draws arrows from the layers that decide to the result.
func (p *Picture) decide(asked []Place, result Place) {
	tone := func(at Place) Tone { return p.Columns[at.Column][at.Row].Tone }
	allowed := tone(result) == Good || !slices.ContainsFunc(asked, func(at Place) bool { return tone(at) != Good })
	for _, at := range asked {
		if allowed || tone(at) != Good {
			p.arrow(at, result, tone(at))
		}
	}
}

func tones(v network.Verdict) Tone {
	switch v {
	case network.Denied:
		return Bad
	case network.Depends:
		return Unsure
	}
	return Good
}

// assume notes what was taken for granted.
func (p *Picture) assume(list []network.Assumption) {
	for _, a := range list {
		p.Notes = append(p.Notes, words.Sprintf("assumed: %s [%s]", a.Text, a.Code))
	}
}
