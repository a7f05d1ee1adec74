package main

import (
	"github.com/senet-selinux/senet/internal/manpage"
	"github.com/senet-selinux/senet/internal/personality"
)

// compat is senet-compat(7): the programs that senet can act as.
func compat() manpage.Page {
	p := manpage.Page{
		Name: "senet-compat", Section: 7, Short: "senet under the names of the SELinux tools",
		Text: "Called by the name of one of the programs below, senet behaves as that program does: the\n" +
			"same options, output and exit statuses. \"senet NAME\" does the same. The package senet-compat\n" +
			"has a link for each in /usr/libexec/senet/compat.",
		Synopsis: []string{"senet PROGRAM [ARGUMENT...]", "PROGRAM [ARGUMENT...]"},
		See:      []string{"senet(1)", "update-alternatives(1)", "sesearch(1)", "semanage(8)"},
	}
	programs := manpage.Part{Title: "programs"}
	for _, tool := range personality.Tools() {
		programs.Text += "  " + tool.Name + "  " + tool.Short + "\n"
	}
	p.Parts = []manpage.Part{programs, {
		Title: "use",
		Text: "For one shell or one service, put the directory first in PATH. This works beside the\n" +
			"originals, and no package is asked:\n\n" +
			"  PATH=/usr/libexec/senet/compat:$PATH\n\n" +
			"For everybody, the package makes each program an alternative (update-alternatives) where the\n" +
			"original is not installed. An original is never replaced. Where one is installed later it takes\n" +
			"the place of the link, and the alternative is withdrawn. With the deb, the link comes back when\n" +
			"the original is removed. With the rpm, this does it:\n\n" +
			"  /usr/libexec/senet/register install\n\n" +
			"To have no links at all outside the directory, with either package, until the next upgrade:\n\n" +
			"  /usr/libexec/senet/register remove\n\n" +
			"The apk has the directory alone.",
	}}
	return p
}
