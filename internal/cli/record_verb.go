package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/semanage"
)

// A verb is an action on records of the store.
type verb string

const (
	verbList      verb = "list"
	verbAdd       verb = "add"
	verbModify    verb = "modify"
	verbDelete    verb = "delete"
	verbSet       verb = "set"
	verbDeleteAll verb = "deleteall"
	verbExport    verb = "export"
	verbImport    verb = "import"
	verbUndo      verb = "undo"
)

var verbs = []verb{verbList, verbAdd, verbModify, verbDelete, verbSet, verbDeleteAll, verbExport, verbImport, verbUndo}

// writes reports whether the verb changes the store.
func (v verb) writes() bool { return v != verbList && v != verbExport }

// verbFlags are the verbs in the spelling of semanage(8).
type verbFlags struct {
	add, modify, del, list, deleteAll, export, undo bool
}

func (f *verbFlags) register(flags *pflag.FlagSet, kind semanage.Kind) {
	if kind != semanage.Booleans {
		flags.BoolVarP(&f.add, "add", "a", false, "the verb add")
	}
	flags.BoolVarP(&f.modify, "modify", "m", false, "the verb modify")
	flags.BoolVarP(&f.del, "delete", "d", false, "the verb delete")
	flags.BoolVarP(&f.list, "list", "l", false, "the verb list")
	flags.BoolVarP(&f.export, "extract", "E", false, "the verb export")
	flags.BoolVarP(&f.deleteAll, "deleteall", "D", false, "delete all local records")
	flags.BoolVar(&f.undo, "undo", false, "take the last change of the store back, as senet undo does")
}

// verb returns the verb in the flags or in the first argument, "" if there is none, and
// the other arguments. After a flag, a single argument is the name of a record if records
// have names.
func (f *verbFlags) verb(args []string, named bool) (verb, []string, error) {
	said, flag := verb(""), ""
	for _, c := range []struct {
		set  bool
		verb verb
		flag string
	}{
		{f.add, verbAdd, "--add"}, {f.modify, verbModify, "--modify"}, {f.del, verbDelete, "--delete"},
		{f.list, verbList, "--list"}, {f.export, verbExport, "--extract"}, {f.deleteAll, verbDeleteAll, "--deleteall"},
		{f.undo, verbUndo, "--undo"},
	} {
		switch {
		case !c.set:
		case said != "":
			return "", nil, usage(fmt.Errorf("%s and %s exclude each other", flag, c.flag),
				"give only one of them")
		default:
			said, flag = c.verb, c.flag
		}
	}
	if len(args) == 0 || !slices.Contains(verbs, verb(args[0])) {
		return said, args, nil
	}
	word := verb(args[0])
	switch {
	case said == "" || said == word:
		return word, args[1:], nil
	case named && len(args) == 1:
		return said, args, nil
	}
	return "", nil, usage(fmt.Errorf("%s and the verb %s exclude each other", flag, word),
		"give only one of them")
}

// only refuses flags that the verb does not take. uses lists the verbs for each flag that
// not all verbs take.
func (v verb) only(flags *pflag.FlagSet, uses map[string][]verb) error {
	var wrong []string
	flags.Visit(func(f *pflag.Flag) {
		if list, limited := uses[f.Name]; limited && !slices.Contains(list, v) {
			wrong = append(wrong, "--"+f.Name)
		}
	})
	if len(wrong) == 0 {
		return nil
	}
	return usage(fmt.Errorf("the verb %s does not take %s", v, strings.Join(wrong, ", ")), "")
}

// notVerb refuses a word as the first argument if only numbers are possible.
func notVerb(command string, args []string) error {
	if len(args) == 0 || strings.ContainsAny(args[0], "0123456789/") {
		return nil
	}
	hint := didYouMean(args[0], slices.Values(verbNames()))
	if hint == "" {
		hint = words.Format("the verbs are %s", strings.Join(verbNames(), ", "))
	}
	return usage(fmt.Errorf("senet %s has no verb %q", command, args[0]), hint)
}

// noArguments refuses arguments of a verb that takes none.
func (v verb) noArguments(args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usage(fmt.Errorf("the verb %s takes no argument, such as %s", v, args[0]), "")
}
