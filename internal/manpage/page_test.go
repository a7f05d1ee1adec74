package manpage

import (
	"strings"
	"testing"
	"time"
)

// TestFormat: each form of a help text, and what troff would take for its own.
func TestFormat(t *testing.T) {
	p := Page{
		Name: "senet-x", Section: 1, Short: "a test", Synopsis: []string{"senet x [flags]"},
		Text: "A paragraph of\ntwo lines.\n\n" +
			"  list [PORT...]  what there is\n                  and more\n  add             adds\n\n" +
			"  ports:\n    - {a: b}\n\n" + // no list: no text behind a word
			"Arguments\n  policy  a file\n\n" + // a heading
			"* one\n* two\n  lines\n\n" +
			".a line that is no request, a \\ and 'quotes'",
		Options: []Option{{"-a, --all", "all"}}, Exit: "0 yes", Examples: []string{"senet x -a"},
		Parts: []Part{{"files", "== title\n\ntext"}}, See: []string{"senet(1)"},
	}
	want := `.\" Made by packaging/man from the program's own help.
.TH "SENET\-X" "1" "2023\-11\-14" "senet 1" "User Commands"
.nh
.ad l
.SH "NAME"
senet\-x \- a test
.SH "SYNOPSIS"
senet x [flags]
.SH "DESCRIPTION"
.PP
A paragraph of
two lines.
.TP
\fBlist [PORT...]\fR
what there is
and more
.TP
\fBadd\fR
adds
.PP
.RS 4
.nf
ports:
  \- {a: b}
.fi
.RE
.SS "Arguments"
.TP
\fBpolicy\fR
a file
.IP \(bu 2
one
.IP \(bu 2
two
lines
.PP
\&.a line that is no request, a \(rs and \(aqquotes\(aq
.SH "OPTIONS"
.TP
\fB\-a, \-\-all\fR
all
.SH "EXIT STATUS"
.PP
0 yes
.SH "EXAMPLES"
.PP
.RS 4
.nf
senet x \-a
.fi
.RE
.SH "FILES"
.SS "title"
.PP
text
.SH "SEE ALSO"
senet(1)
`
	got := p.Format(Release{"1", time.Unix(1700000000, 0)})
	if got != want {
		g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
		for i := range min(len(g), len(w)) {
			if g[i] != w[i] {
				t.Fatalf("line %d is %q, want %q in\n%s", i+1, g[i], w[i], got)
			}
		}
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if p.File() != "senet-x.1" {
		t.Error(p.File())
	}
}
