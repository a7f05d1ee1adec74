package setools_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/internal/setools"
	"github.com/senet-selinux/senet/internal/testenv"
)

// sediffFlags are all options of sediff but -h and --version.
func sediffFlags() []string {
	return append(setools.SediffOptions(), "--stats", "-v", "--verbose", "--debug")
}

// sediffPairs are pairs of files: two random policies, a policy with and without MLS, one policy in two versions, a
// policy and itself, and a file that is not a policy.
func sediffPairs(t *testing.T, rng *rand.Rand, random int) (pairs [][]string) {
	t.Helper()
	for range random {
		pairs = append(pairs, randomPair(t, rng))
	}
	small := smallFiles(t)
	return append(pairs, small[:2], []string{small[2], small[0]}, []string{small[0], small[0]},
		[]string{small[0], "nosuch"})
}

// TestSediffFlagsPeer: senet and the peer print the same lines and return the same exit code for every option
// alone, for pairs of options (all pairs in a long run) and for groups of three and more, in any order and place.
func TestSediffFlagsPeer(t *testing.T) {
	p := newPeers(t)
	testenv.Need(t, "checkpolicy")
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 31))
	flags := sediffFlags()
	pairs := sediffPairs(t, rng, testenv.Rounds(2, 4))
	lines := [][]string{{}, {"-h"}, {"--version"}}
	for i, flag := range flags {
		lines = append(lines, []string{flag}, []string{flag, flag}, []string{flag + "=1"})
		for _, other := range flags[i+1:] {
			if testenv.Long() || rng.IntN(40) == 0 {
				lines = append(lines, []string{flag, other})
			}
		}
	}
	for range testenv.Rounds(20, 1000) {
		var line []string
		for range 3 + rng.IntN(3) {
			flag := flags[rng.IntN(len(flags))]
			switch rng.IntN(8) {
			case 0: // an abbreviation, which may be ambiguous
				flag = flag[:2+rng.IntN(len(flag)-1)]
			case 1: // two letters in one word
				flag = "-" + string("ctarubATv"[rng.IntN(9)]) + string("ctarubATv"[rng.IntN(9)])
			}
			line = append(line, flag)
		}
		lines = append(lines, line)
	}
	byPair := make([][][]string, len(pairs))
	for i, line := range lines {
		at := i % len(pairs)
		byPair[at] = append(byPair[at], line)
	}
	compared := 0
	for i, pair := range pairs {
		for _, line := range byPair[i] {
			args := slices.Clone(line)
			for _, file := range pair { // anywhere, in this order
				from := max(0, slices.Index(args, pair[0])+1)
				args = slices.Insert(args, from+rng.IntN(len(args)-from+1), file)
			}
			theirs := p.server.run(t, "sediff", args)
			if slices.Contains(line, "-h") { // the text is senet's own
				theirs.Stdout = senet(t, "sediff", args...).Stdout
			}
			if comparedAnswers(t, args, theirs) {
				compared++
			}
			if t.Failed() {
				return
			}
		}
	}
	t.Logf("%d lines, %d compared, on %d pairs", len(lines), compared, len(pairs))
	if compared < len(lines)*9/10 {
		t.Error("too few")
	}
}
