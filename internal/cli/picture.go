package cli

import (
	"errors"
	"io"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/picture"
	"github.com/senet-selinux/senet/internal/words"
)

// pictureFlags choose a picture in the place of text.
type pictureFlags struct{ svg, dot bool }

func (f *pictureFlags) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.svg, "svg", false, "print a picture as SVG")
	flags.BoolVar(&f.dot, "dot", false, "print the picture as a graph for Graphviz")
}

// check refuses flags that exclude one another; other is the name of a flag of the command, set
// if it was given.
func (f *pictureFlags) check(output *outputFlags, other string) error {
	switch {
	case !f.svg && !f.dot:
		return nil
	case f.svg && f.dot:
		return usage(errors.New("--svg and --dot exclude one another"), "")
	case output.json || output.quiet:
		return usage(errors.New("--svg and --dot print a picture: without --json and --quiet"), "")
	case other != "":
		return usage(words.Errorf("--svg and --dot draw the fixes that are listed: without %s", other), "")
	}
	return nil
}

// or returns what prints the picture if one was asked for, else what prints the text.
func (f *pictureFlags) or(draw func() *picture.Picture, text func(io.Writer) error) func(io.Writer) error {
	switch {
	case f.svg:
		return func(w io.Writer) error { return words.Write(w, draw().SVG()) }
	case f.dot:
		return func(w io.Writer) error { return words.Write(w, draw().DOT()) }
	}
	return text
}
