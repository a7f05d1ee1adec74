package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/manpage"
)

// ofCommand makes the page of a command of its help.
func ofCommand(cmd *cobra.Command, see []string) manpage.Page {
	text, exit := cutExit(cmd.Long)
	p := manpage.Page{
		Name: strings.ReplaceAll(cmd.CommandPath(), " ", "-"), Section: 1, Short: cmd.Short,
		Synopsis: []string{cmd.UseLine()}, Text: text, Exit: exit, See: see,
	}
	for line := range strings.Lines(cmd.Example) {
		p.Examples = append(p.Examples, strings.TrimSpace(line))
	}
	cmd.InheritedFlags() // cobra sorts flags into own and inherited ones when asked
	for _, set := range []*pflag.FlagSet{cmd.LocalFlags(), cmd.InheritedFlags()} {
		set.VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				p.Options = append(p.Options, ofFlag(f))
			}
		})
	}
	p.Options = append(p.Options, manpage.Option{Flag: "-h, --help", Text: "print this help"})
	return p
}

// ofFlag makes an option of a flag.
func ofFlag(f *pflag.Flag) manpage.Option {
	argument, text := pflag.UnquoteUsage(f)
	flag := "--" + f.Name
	if f.Shorthand != "" {
		flag = "-" + f.Shorthand + ", " + flag
	}
	if argument != "" {
		flag += " " + argument
		// --help repeats the argument's name because pflag takes it from the text.
		text = strings.TrimSuffix(strings.Replace(text, ": "+argument+"; ", "; ", 1), ": "+argument)
		text = strings.Replace(text, ": "+argument+", ", ": ", 1)
	}
	switch f.DefValue {
	case "", "false", "0", "[]":
	default:
		text += "; " + f.DefValue + " if it is not given"
	}
	return manpage.Option{Flag: flag, Text: text}
}

// cutExit takes the paragraph about the exit status out of a help text.
func cutExit(long string) (text, exit string) {
	var rest []string
	for part := range strings.SplitSeq(long, "\n\n") {
		if after, ok := strings.CutPrefix(part, "Exit status: "); ok && exit == "" {
			exit = after
			continue
		}
		rest = append(rest, part)
	}
	return strings.Join(rest, "\n\n"), exit
}

// ofPersonality makes a page of a command's help in the words of the original tool: "usage: NAME
// ARGUMENTS", and paragraphs.
func ofPersonality(name, short, help string, see []string) manpage.Page {
	use, text, _ := strings.Cut(strings.TrimSpace(help), "\n\n")
	use = strings.Join(strings.Fields(strings.TrimPrefix(use, "usage:")), " ")
	return manpage.Page{Name: "senet-" + name, Section: 1, Short: short, Synopsis: []string{
		"senet " + name + strings.TrimPrefix(use, strings.Fields(use)[0]), use,
	}, Text: text, See: see}
}
