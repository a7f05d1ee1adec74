package say

import "github.com/senet-selinux/senet/internal/shell"

// fileSpecs make patterns fit the equivalences of a system's paths: [object.Files], or a report.
type fileSpecs interface{ FileSpec(pattern string) string }

// labelEntry returns the command that gives file_contexts an entry with a type, for files of a kind as semanage names
// them, "" for all.
func labelEntry(files fileSpecs, typ, pattern, kind string) shell.Command {
	if files != nil {
		pattern = files.FileSpec(pattern)
	}
	c := shell.New("semanage", "fcontext", "-a").Option("-t", typ)
	if kind != "" {
		c = c.Option("-f", kind)
	}
	return c.Arg(pattern)
}
