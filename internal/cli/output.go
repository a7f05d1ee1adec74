package cli

import (
	"io"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/words"
)

// outputFlags choose the form of an answer.
type outputFlags struct {
	json, quiet bool
}

func (f *outputFlags) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.json, "json", false, "print the answer as JSON")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print nothing; the exit status is the answer")
}

// emit prints an answer in the form that was asked for. Without text there is only the
// document.
func (f *outputFlags) emit(w io.Writer, json func() any, text func(io.Writer) error) error {
	switch {
	case f.quiet || !f.json && text == nil:
		return nil
	case f.json:
		return writeJSON(w, json())
	}
	return text(w)
}

// page makes what writes a page of text into what prints it.
func page(write func(*words.Page)) func(io.Writer) error {
	return func(w io.Writer) error {
		var b words.Page
		write(&b)
		_, err := b.WriteTo(w)
		return err
	}
}
