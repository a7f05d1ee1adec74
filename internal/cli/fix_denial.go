package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
)

// askDenial asks the question of a denial that senet why can read: of the most frequent
// one for which there can be a fix. Before a change there must be only one.
func (f *fixFlags) askDenial(
	a *fixAnswer, s *senet.Session, args []string, streams ioStreams,
) (*senet.Answer, error) {
	why := whyFlags{policyFlags: f.policyFlags, all: true, output: outputFlags{quiet: true}}
	in, err := why.input(args, streams.stdin)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	stop := showReading(streams.stderr, in)
	log, err := in.Log(incident.KnownTo(s.Policy()))
	stop()
	if err != nil {
		return nil, unreadable(err, "")
	}
	if err := in.Empty(log); err != nil {
		return nil, unreadable(err, noInputHint)
	}
	report, err := s.Explain(context.Background(), log, senet.WhyOptions{Costs: incident.NoCosts})
	if err != nil {
		return nil, questionProblem(err)
	}
	return a.choose(s, report, f, args)
}

// choose takes the question of the most frequent denial that is refused today, else of
// one that is not.
func (a *fixAnswer) choose(
	s *senet.Session, report *incident.Report, f *fixFlags, args []string,
) (*senet.Answer, error) {
	answers, err := s.AnswersOfReport(context.Background(), report)
	if err != nil {
		return nil, questionProblem(err)
	}
	if len(answers) == 0 {
		others, err := s.AccessFixesOfReport(context.Background(), report)
		if err != nil {
			return nil, questionProblem(err)
		}
		if len(others) > 0 {
			return nil, &accessDenial{a, s, others}
		}
		next := words.Lines("senet why - explains the input")
		if !slices.Contains(args, "-") {
			next = words.Format("senet why explains: %s", shell.New("senet", "why").Arg(args...))
		}
		look, reason := say.NoFix(report, f.root)
		return nil, unreadable(reason, words.Format("%s%s", look, next))
	}
	for _, other := range answers[1:] {
		a.others = append(a.others, other.Lasting())
	}
	if len(a.others) > 0 && (f.apply != "" || f.plan != "") {
		return nil, usage(errors.New("more than one operation was refused"),
			words.Format("one at a time:\n%s", a.commands(f, answers[0].Lasting())))
	}
	return answers[0], nil
}

// maxOthers bounds the further questions that are listed.
const maxOthers = 9

// commands returns the commands for the questions, one a line.
func (a *fixAnswer) commands(f *fixFlags, first senet.Query) words.Lines {
	var b words.Page
	b.Printf("%s", fixCommand(first, f.repeat()))
	for i, q := range a.others {
		if i == maxOthers {
			b.Printf("\nand %s more", say.Number(len(a.others)-i))
			break
		}
		b.Printf("\n%s", fixCommand(q, f.repeat()))
	}
	return b.Lines()
}
