package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// A command is one line of senet --help, and a function that makes the command: its flags are
// registered only when they are needed, not at each start of the program.
type command struct {
	name, short string
	build       func(ioStreams) *cobra.Command
}

func commands() []command {
	return []command{
		{"access", "one decision of the policy, or a batch", newAccess},
		{"apply", "make it so: a file of ports, booleans, modules and more", newApply},
		{"bool", "booleans: list, set, delete, undo", newBool},
		{"can", "may it? layer by layer", newCan},
		{"check", "what of a daemon's configuration will be refused, before it starts", newCheck},
		{"compile", "CIL into a policy, as secilc does, with errors for people", newCompile},
		{"diff", "what changes from one policy to another, for people and rule by rule", newDiff},
		{"explain", "a page of plain words", newExplain},
		{"fix", "every fix with its cost, the cheapest first; --apply makes it", newFix},
		{"format", "CIL in the canonical layout; --check, --diff", newFormat},
		{"guard", "run a command, and fail if SELinux refused anything meanwhile", newGuard},
		{"host", "the facts that an answer rests on", newHost},
		{"info", "components: the flags and bytes of seinfo", elsewhere},
		{"interface", "labels of interfaces: list, add, modify, delete, set, undo", newInterface},
		{"log", "the changes of the policy store that can be taken back", newLog},
		{"module", "modules: list, install, remove, enable, disable, extract, rebuild", newModule},
		{"node", "labels of addresses: list, add, modify, delete, set, undo", newNode},
		{"plan", "what a file of ports, booleans, modules and more would change", newPlan},
		{"port", "labels of ports: list, add, modify, delete, set, undo", newPort},
		{"ports", "which ports may it bind, connect to?", newPorts},
		{"ps", "processes with their domain and the ports they hold", newPS},
		{"refpolicy", "refpolicy's interfaces: list, show, expand, search", newRefpolicy},
		{"schema", "the JSON Schema of what a command prints with --json", newSchema},
		{"search", "rules: the flags and bytes of sesearch", elsewhere},
		{"status", "what differs here from the distribution, and by which change", newStatus},
		{"state", "the local state of a store as one file: export", newState},
		{"store", "is the policy store sound? check", newStore},
		{"test", "hold a policy against a file of expectations", newTest},
		{"undo", "take a change of the policy store back", newUndo},
		{"version", "which senet this is", newVersion},
		{"who", "which domains may, and through which rules", newWho},
		{"why", "what does this denial mean, and what would fix it", newWhy},
	}
}

// elsewhere makes a placeholder for a command that Main runs without the tree, for the tree's help
// and completion.
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

// addCommands adds the command that args name, or all commands if they name none: for help,
// completion and unknown names.
func addCommands(root *cobra.Command, streams ioStreams, args []string) {
	all := commands()
	if len(args) > 0 {
		if i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] }); i >= 0 {
			root.AddCommand(all[i].make(streams))
			root.CompletionOptions.DisableDefaultCmd = true // nothing needs it here
			return
		}
	}
	for i := range all {
		root.AddCommand(all[i].make(streams))
	}
}

// rootHelp returns the text of senet --help, the same that cobra makes from the whole tree, but
// from the table alone.
func rootHelp() string {
	all := append(commands(), command{name: "completion", short: "Generate the autocompletion script for the " +
		"specified shell"}, command{name: "help", short: "Help about any command"})
	slices.SortFunc(all, func(a, b command) int { return strings.Compare(a.name, b.name) })
	width := 11 // cobra's smallest column width
	for _, c := range all {
		width = max(width, len(c.name))
	}
	var b strings.Builder
	b.Grow(4096) // each smaller buffer would cost a page fault
	b.WriteString(rootLong)
	b.WriteString("\n\nUsage:\n  senet [flags]\n  senet [command]\n\nAvailable Commands:\n")
	for _, c := range all {
		b.WriteString("  ")
		b.WriteString(c.name)
		for range width - len(c.name) + 1 {
			b.WriteByte(' ')
		}
		b.WriteString(c.short)
		b.WriteByte('\n')
	}
	b.WriteString("\nFlags:\n      --color WHEN   colour the verdict: WHEN, auto, always or never\n" +
		"                     (default \"auto\")\n  -h, --help         help for senet\n\n" +
		"Use \"senet [command] --help\" for more information about a command.\n")
	return b.String()
}
