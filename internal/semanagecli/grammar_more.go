package semanagecli

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
)

// The grammars of logins, users, file contexts and modules, in the order of their
// options in semanage.

func rangedUsage(store, add, del, modify string) string {
	return "[-h] [-n] [-N] [-S STORE] [ --add " + add + " | --delete " + del +
		" | --deleteall  | --extract  | --list " + store + " | --modify " + modify + " ]"
}

func userNameOption() argparse.Option { return valueOption("-s", "--seuser", "the SELinux user") }

// needing returns the rules of the actions on records that are named by one argument.
func needing(name string, list, extract, add []string) map[string]rule {
	local := []string{"locallist"}
	key := []string{name}
	return map[string]rule{
		"list":      {not: list},
		"add":       {not: local, needs: add},
		"modify":    {not: local, needs: key},
		"delete":    {not: local, needs: key},
		"extract":   {not: append(local, extract...)},
		"deleteall": {not: local},
	}
}

func loginCommand() *command {
	c := &command{name: "login", parser: &argparse.Parser{
		Prog: "semanage login",
		Usage: rangedUsage("-C", "-s SEUSER -r RANGE LOGIN", "LOGIN",
			"-s SEUSER -r RANGE LOGIN"),
		Options: slices.Concat(common(), []argparse.Option{rangeOption()}, actions(),
			[]argparse.Option{userNameOption()}),
		Positionals: []argparse.Positional{{Dest: "login", Help: "a user of the system, or % and a group"}},
		Groups:      []argparse.Group{{Dest: "action", Required: true}},
	}}
	c.setDests()
	named := []string{"login", "seuser"}
	c.rules = needing("login", named, named, named)
	return c
}

func userCommand() *command {
	c := &command{name: "user", parser: &argparse.Parser{
		Prog: "semanage user",
		Usage: rangedUsage("-C", "( -L LEVEL -R ROLES -r RANGE SEUSER )", "SEUSER",
			"( -L LEVEL -R ROLES -r RANGE -s SEUSER SEUSER )"),
		Options: slices.Concat(common(), actions(), []argparse.Option{
			valueOption("-L", "--level", "the level that the user logs in with, s0 if it is not given"), rangeOption(),
			valueOption("-R", "--roles", "roles, separated by blanks or given one by one"),
			{Names: []string{"-P", "--prefix"}, Dest: "prefix", Arity: argparse.One},
		}),
		Positionals: []argparse.Positional{{Dest: "selinux_name", Help: "the name of the SELinux user"}},
		Groups:      []argparse.Group{{Dest: "action", Required: true}},
	}}
	c.setDests()
	both := []string{"roles", "selinux_name"}
	c.rules = needing("selinux_name", both, []string{"selinux_name"}, both)
	return c
}

func fcontextCommand() *command {
	label := "( -t TYPE -f FTYPE -r RANGE -s SEUSER | -e EQUAL ) FILE_SPEC"
	files := valueOption("-f", "--ftype", "the kind of files: f regular file, d directory, c character device, "+
		"b block device, s socket, l symbolic link, p named pipe, a all of them, which is the default")
	files.Choices = strings.Split("afdcbslp", "")
	c := &command{name: "fcontext", parser: &argparse.Parser{
		Prog:  "semanage fcontext",
		Usage: rangedUsage("[-C]", label, "( -t TYPE -f FTYPE | -e EQUAL ) FILE_SPEC", label),
		Options: slices.Concat(common(), actions(), []argparse.Option{
			valueOption("-e", "--equal", "label files below the path as those below this one"), files, userNameOption(),
			typeOption(), rangeOption(),
		}),
		Positionals: []argparse.Positional{{Dest: "file_spec",
			Help: "a regular expression of paths, or a path for -e"}},
		Groups: []argparse.Group{{Dest: "action", Required: true}},
	}}
	c.setDests()
	about := []string{"equal", "ftype", "seuser", "type"}
	typed := []string{"type", "file_spec"}
	c.rules = needing("file_spec", about, about, typed)
	c.rules["modify"] = rule{not: []string{"locallist"}, needs: typed}
	// semanage ends with a traceback where there is no path.
	c.rules["equal"] = rule{not: []string{"locallist", "type", "ftype", "seuser"}, needs: []string{"file_spec"}}
	return c
}

func moduleCommand() *command {
	named := func(short, long, dest string, arity argparse.Arity, help string) argparse.Option {
		return argparse.Option{Names: []string{short, long}, Dest: dest, Arity: arity, Metavar: "module_name",
			Group: "Options", Help: help}
	}
	priority := valueOption("-P", "--priority",
		"the priority of modules that are added or removed, 400 if it is not given")
	priority.Number = true
	own := common()
	all := actions()
	return &command{name: "module", parser: &argparse.Parser{
		Prog: "semanage module",
		Usage: "[-h] [-n] [-N] [-S STORE] [-C] [-P PRIORITY]\n                       " +
			"(-l | -E | -D | -a module_name | -r " +
			"module_name [module_name ...] | -d module_name [module_name ...] | -e module_name [module_name ...])",
		Options: []argparse.Option{own[0], own[2], own[3], own[4], own[1], priority, all[3], all[4], all[5],
			named("-a", "--add", "action_add", argparse.ListOne, "install the module of a file"),
			named("-r", "--remove", "action_remove", argparse.ListMore, "remove modules"),
			named("-d", "--disable", "action_disable", argparse.ListMore, "disable modules"),
			named("-e", "--enable", "action_enable", argparse.ListMore, "enable modules")},
		Groups: []argparse.Group{{Dest: "action", Required: true,
			More: []string{"action_add", "action_remove", "action_disable", "action_enable"}}},
	}}
}

func permissiveCommand() *command {
	own := common()
	all := actions()
	return &command{name: "permissive", parser: &argparse.Parser{
		Prog:  "semanage permissive",
		Usage: "[-h] (-a | -d | -D | -E | -l) [-n] [-N] [-S STORE]\n                           [type]",
		Options: []argparse.Option{own[0], all[0], all[1], all[5], all[4], all[3], own[2], own[3],
			own[4]},
		Positionals: []argparse.Positional{{Dest: "type", Help: "the type of a process"}},
		Groups:      []argparse.Group{{Dest: "action", Required: true}},
	}}
}

func dontauditCommand() *command {
	return &command{name: "dontaudit", parser: &argparse.Parser{
		Prog: "semanage dontaudit", Usage: "[-h] [-N] [-S STORE] {on,off}",
		Options: []argparse.Option{helpOption(), noReload(), storeOption()},
		Positionals: []argparse.Positional{{Dest: "action", Required: true, Choices: []string{"on", "off"},
			Help: "whether the policy has its dontaudit rules"}},
	}}
}
