package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/complete"
)

// A place is the position on a command line at which a word is completed.
type place struct {
	cmd    *cobra.Command
	args   []string // those before the word
	prefix string
}

// A filler lists the words for a place.
type filler func(place) []complete.Word

// A function completes a word, in the form that cobra calls.
func (fill filler) function() cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return answer(fill, place{cmd, args, prefix})
	}
}

// oneByOne is the filler of arguments; the last one fills all that follow.
func oneByOne(list []filler) filler {
	return func(at place) []complete.Word { return list[min(len(at.args), len(list)-1)](at) }
}

// completions has the completion of each command's arguments. The last filler completes all
// arguments that follow.
func completions() map[string][]filler {
	return map[string][]filler{
		"can":       {subjects, actions, targets},
		"fix":       {subjects, actions, targets},
		"who":       {actions, targets},
		"ports":     {subjects},
		"access":    {types, types, classes, perms},
		"explain":   {pages},
		"port":      {verbsOr(targets)},
		"bool":      {verbsOr(boolNames)},
		"node":      {verbsOr(nothing)},
		"interface": {verbsOr(nothing)},
		"schema":    {schemaNames},
		"search":    {searches},
		"info":      {infos},
		"undo":      {transactions},
		"check":     {services},

		"module list": {modules}, "module remove": {modules}, "module enable": {modules},
		"module disable": {modules}, "module extract": {modules},
	}
}

// flagCompletions has the completion of each flag's values, by command and flag or by flag alone.
// The values of other flags are files or free text.
func flagCompletions() map[string]filler {
	return map[string]filler{
		"bool": boolSettings, "peer": subjects, "packet": types, "domain": subjects,
		"protocol":  fixed("tcp", "udp", "sctp", "dccp", "mptcp", "udplite"),
		"port type": portTypes, "node type": types, "interface type": types,
	}
}

// completing reports whether a shell's script asks for words.
func completing(args []string) bool {
	return len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd)
}

// registerCompletions tells the commands of root how to complete. Only the hidden
// commands that the shells' scripts call need it.
func registerCompletions(root *cobra.Command) {
	arguments, flags := completions(), flagCompletions()
	_ = root.RegisterFlagCompletionFunc("color", fixed("auto", "always", "never").function())
	for _, cmd := range root.Commands() {
		for _, c := range append([]*cobra.Command{cmd}, cmd.Commands()...) {
			if list := arguments[strings.TrimPrefix(c.CommandPath(), "senet ")]; list != nil {
				c.ValidArgs = nil
				c.ValidArgsFunction = oneByOne(list).function()
			}
			c.Flags().VisitAll(func(f *pflag.Flag) {
				fill := flags[cmd.Name()+" "+f.Name]
				if fill == nil {
					fill = flags[f.Name]
				}
				if fill == nil || f.Value.Type() == "bool" {
					return
				}
				_ = c.RegisterFlagCompletionFunc(f.Name, fill.function()) // fails where it was done before
			})
		}
	}
}

// answer puts words into the form of cobra. Where one is the start of a longer one,
// no blank is to follow. A nil list leaves the place to the shell, which knows files.
func answer(fill filler, at place) ([]cobra.Completion, cobra.ShellCompDirective) {
	directive := cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	list := fill(at)
	if list == nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	out := make([]cobra.Completion, len(list))
	for i, w := range list {
		out[i] = cobra.CompletionWithDesc(w.Value, w.Text)
		if strings.HasSuffix(w.Value, "/") || strings.HasSuffix(w.Value, ":") {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
	}
	return out, directive
}
