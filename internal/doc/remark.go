package doc

import (
	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/internal/say"
)

// A LogRemark is a line of a log about SELinux itself that is no denial: an error of SELinux's tools, a record of
// AppArmor, or what a text says of SELinux's mode.
type LogRemark struct {
	Code audit.RemarkCode `json:"code"`
	// Names are what the line names, in an order that depends on the code.
	Names []string `json:"names"`
	Count int64    `json:"count"`
	Line  int64    `json:"line"` // of the first
	Text  string   `json:"text"`
	// Meaning, Why and Fixing say in words what it means and what to do; they may change.
	Meaning string `json:"meaning_text"`
	Why     string `json:"reason_text,omitempty"`
	Fixing  string `json:"fix_text,omitempty"`
	Next    string `json:"next,omitempty"`
}

func remarkOf(l *say.Log, m *audit.Remark) LogRemark {
	text := l.Remark(m)
	return LogRemark{Code: m.Code, Names: OrEmpty(m.Names), Count: m.Count, Line: m.Line, Text: m.Text,
		Meaning: text.Head, Why: text.Why, Fixing: text.Fix, Next: text.Next.String()}
}
