package cli

import (
	"io"

	"github.com/spf13/pflag"
)

// outputFlags say in which form an answer is printed.
type outputFlags struct {
	json, quiet bool
}

func (f *outputFlags) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.json, "json", false, "print the answer as JSON")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing; the exit status is the answer")
}

// emit prints an answer in the form that was asked for.
func (f *outputFlags) emit(w io.Writer, json func() any, text func(io.Writer) error) error {
	switch {
	case f.quiet:
		return nil
	case f.json:
		return writeJSON(w, json())
	}
	return text(w)
}
