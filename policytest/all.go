package policytest

import (
	"context"
	"slices"

	"github.com/senet-selinux/senet"
)

// RunAll runs the tests of files one after the other, as [Run] does.
func RunAll(ctx context.Context, files []*File, s *senet.Session, o senet.Options) (list []Result, err error) {
	for _, f := range files {
		results, err := Run(ctx, f, s, o)
		if err != nil {
			return nil, err
		}
		list = append(list, results...)
	}
	return list, nil
}

// Passed reports whether all of the tests passed.
func Passed(list []Result) bool {
	return !slices.ContainsFunc(list, func(r Result) bool { return !r.Passed() })
}

// UncoveredByAll returns the domains and port labels that no test of the files mentions; nil without
// a file.
func UncoveredByAll(files []*File, s *senet.Session) (all *Coverage, err error) {
	for _, f := range files {
		c, err := uncovered(f, s)
		if err != nil {
			return nil, err
		}
		all = all.and(c)
	}
	return all, nil
}
