package say

import (
	"cmp"
	"path"
	"strings"

	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/remedy/object"
)

// Commands returns the commands that make a fix; none if the fix is not SELinux's.
func (x *AccessFixes) Commands(f *object.Fix) []shell.Command {
	if x.Elsewhere && f.Kind != object.Boolean { // restorecon and semanage are for the running system only
		return x.commandsElsewhere(f)
	}
	name := cmp.Or(x.Problem.Path, f.If, "FILE")
	switch f.Kind {
	case object.Restore:
		if f.Homes {
			return []shell.Command{shell.New("semanage", "fcontext", "-a").Option("-e", "/home").Arg("DIR"),
				shell.New("restorecon", "-R", "-v").Arg("DIR")}
		}
		c := shell.New("restorecon")
		if f.Force {
			c = c.Flag("-F")
		}
		return []shell.Command{c.Flag("-v").Arg(name)}
	case object.Relabel:
		place := f.Place(name, x.Query.Class, x.Problem.Files)
		if x.logUnplaced(f) {
			place = object.Place{Tree: "DIR", Pattern: "DIR(/.*)?", Whole: true}
		}
		kind := ""
		if place.Files == "--" {
			kind = "f"
		}
		list := []shell.Command{labelEntry(nil, f.Type, place.Pattern, kind), x.RelabelCommand(place)}
		if len(f.Bools) > 0 {
			list = append(list, shell.New("setsebool", "-P").With(SettingArgs(x.Policy, f.Bools)))
		}
		return list
	case object.Alike:
		return []shell.Command{
			shell.New("semanage", "fcontext", "-a").Option("-e", f.Like).Arg(f.Tree),
			x.RelabelCommand(object.Place{Tree: f.Tree, Whole: true}),
		}
	case object.Level:
		return []shell.Command{shell.New("chcon").Option("-l", f.Range).Arg(name)}
	case object.Boolean:
		if x.Elsewhere {
			return []shell.Command{shell.New("senet", "bool").With(SettingArgs(x.Policy, f.Bools)).With(x.Again)}
		}
		return []shell.Command{shell.New("setsebool", "-P").With(SettingArgs(x.Policy, f.Bools))}
	}
	return nil
}

// commandsElsewhere returns the commands for the image of another system; none if there is only a
// policy.
func (x *AccessFixes) commandsElsewhere(f *object.Fix) []shell.Command {
	name := cmp.Or(x.Problem.Path, f.If)
	switch {
	case x.Image == "" || x.Type == "":
		return nil
	case name == "" && f.Kind == object.Relabel:
		question := x.Question()
		question[2] = x.labelledPath("/FILE")
		return []shell.Command{
			shell.New("senet", "fix").Arg(question...).With(x.Again).Flag("--apply", f.Name(x.Policy)),
			x.RelabelCommand(object.Place{Tree: "/FILE"}),
		}
	case !strings.HasPrefix(name, "/"):
		return nil
	case f.Kind == object.Restore:
		return []shell.Command{x.RelabelCommand(object.Place{Tree: name})}
	case f.Kind == object.Alike:
		return []shell.Command{
			x.Command(x.Again).Flag("--apply", f.Name(x.Policy)),
			x.RelabelCommand(object.Place{Tree: f.Tree, Whole: true}),
		}
	case f.Kind == object.Relabel:
		return []shell.Command{
			x.Command(x.Again).Flag("--apply", f.Name(x.Policy)),
			x.RelabelCommand(f.Place(name, x.Query.Class, x.Problem.Files)),
		}
	}
	return nil
}

// RelabelCommand returns the command that gives the files of a place the labels of file_contexts.
func (x *AccessFixes) RelabelCommand(place object.Place) shell.Command {
	if x.Elsewhere { // restorecon is for the running system only
		return shell.New("setfiles").Flag("-F").Option("-r", x.Image).Arg(
			path.Join(x.Image, "etc/selinux", x.Type, "contexts/files/file_contexts"), path.Join(x.Image, place.Tree))
	}
	restore := shell.New("restorecon")
	if place.Whole {
		restore = restore.Flag("-R")
	}
	if x.Problem.Files != nil &&
		x.Problem.Files.Customizable(x.target()) {
		restore = restore.Flag("-F")
	}
	return restore.Flag("-v").Arg(place.Tree)
}
