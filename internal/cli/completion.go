package cli

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/complete"
	"github.com/senet-selinux/senet/internal/policydoc"
	"github.com/senet-selinux/senet/policy"
)

// completion completes a word, in the form that cobra calls.
func completion(fill complete.Filler) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, prefix string) ([]cobra.Completion, cobra.ShellCompDirective) {
		flag := func(name string) string { // "" if the command does not have it
			if f := cmd.Flags().Lookup(name); f != nil {
				return f.Value.String()
			}
			return ""
		}
		return answer(fill(complete.Place{Args: args, Prefix: prefix, Root: flag("root"), Store: flag("store"),
			Describe: policydoc.Of(flag("policy"), flag("root")),
			Policy: func() *policy.Policy {
				flags := policyFlags{path: flag("policy"), root: flag("root")}
				s, err := flags.openSession(io.Discard)
				if err != nil {
					return nil
				}
				return s.Policy()
			}}))
	}
}

// completing reports whether a shell's completion script calls senet.
func completing(args []string) bool {
	return len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd)
}

// registerCompletions adds completion to the commands of root. Only the hidden commands for the
// shells' scripts need it.
func registerCompletions(root *cobra.Command) {
	arguments, flags := complete.Arguments(), complete.Flags()
	_ = root.RegisterFlagCompletionFunc("color", completion(complete.Always("auto", "always", "never")))
	for _, cmd := range root.Commands() {
		for _, c := range append([]*cobra.Command{cmd}, cmd.Commands()...) {
			if list := arguments[strings.TrimPrefix(c.CommandPath(), "senet ")]; list != nil {
				c.ValidArgs = nil
				c.ValidArgsFunction = completion(complete.OneByOne(list))
			}
			c.Flags().VisitAll(func(f *pflag.Flag) {
				fill := flags[cmd.Name()+" "+f.Name]
				if fill == nil {
					fill = flags[f.Name]
				}
				if fill == nil || f.Value.Type() == "bool" {
					return
				}
				_ = c.RegisterFlagCompletionFunc(f.Name, completion(fill)) // fails if it was already registered
			})
		}
	}
}

// answer converts words to cobra's form. If one is a prefix of another, no blank follows. With a
// nil list the shell completes file names.
func answer(list []complete.Word) ([]cobra.Completion, cobra.ShellCompDirective) {
	directive := cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
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
