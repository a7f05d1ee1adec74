package cli

import (
	"slices"

	"github.com/spf13/cobra"
)

// A command is one line of senet --help, and how the command is made: its flags
// are registered where it is asked for, and not for each start of the program.
type command struct {
	name, short string
	build       func(ioStreams) *cobra.Command
}

func commands() []command {
	return []command{
		{"access", "one decision of the policy, or a batch", newAccess},
		{"apply", "make it so: a file of ports, booleans and nodes", newApply},
		{"bool", "booleans: list, set, delete, undo", newBool},
		{"can", "may it? layer by layer", newCan},
		{"explain", "a page of plain words", newExplain},
		{"fix", "every fix with its cost, the cheapest first; --apply makes it", newFix},
		{"host", "the facts that an answer rests on", newHost},
		{"info", "components: the flags and bytes of seinfo", elsewhere},
		{"interface", "labels of interfaces: list, add, modify, delete, set, undo", newInterface},
		{"node", "labels of addresses: list, add, modify, delete, set, undo", newNode},
		{"plan", "what a file of ports, booleans and nodes would change", newPlan},
		{"port", "labels of ports: list, add, modify, delete, set, undo", newPort},
		{"ports", "which ports may it bind, connect to?", newPorts},
		{"ps", "processes with their domain and the ports they hold", newPS},
		{"search", "rules: the flags and bytes of sesearch", elsewhere},
		{"version", "which senet this is", newVersion},
		{"who", "which domains may, and through which rules", newWho},
		{"why", "what does this denial mean, and what would fix it", newWhy},
	}
}

// elsewhere makes a command that Main runs before there is a tree, for the tree's
// help and completion.
func elsewhere(ioStreams) *cobra.Command {
	return &cobra.Command{DisableFlagParsing: true, Run: func(*cobra.Command, []string) {}}
}

// make returns the command with its flags.
func (c *command) make(streams ioStreams) *cobra.Command {
	cmd := c.build(streams)
	if cmd.Use == "" {
		cmd.Use = c.name
	}
	cmd.Short = c.short
	return cmd
}

// line returns a command without flags: enough for a list of all.
func (c *command) line() *cobra.Command {
	return &cobra.Command{Use: c.name, Short: c.short, Run: func(*cobra.Command, []string) {}}
}

// addCommands adds what args need: the one command they name, the lines of all for
// senet --help, else all commands with their flags.
func addCommands(root *cobra.Command, streams ioStreams, args []string) {
	all := commands()
	switch {
	case len(args) == 0 || len(args) == 1 && (args[0] == "--help" || args[0] == "-h"):
		all = append(all, command{name: "completion", short: "Generate the autocompletion script for the specified shell"})
		for i := range all {
			root.AddCommand(all[i].line())
		}
	case slices.ContainsFunc(all, func(c command) bool { return c.name == args[0] }):
		i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] })
		root.AddCommand(all[i].make(streams))
	default:
		for i := range all {
			root.AddCommand(all[i].make(streams))
		}
		return
	}
	root.CompletionOptions.DisableDefaultCmd = true // or it is made each time
}
