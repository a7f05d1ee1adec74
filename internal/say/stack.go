package say

import (
	"strings"

	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// stackText says what to do where a program or library asks for an executable stack; last is what comes after all else,
// "" for nothing.
func stackText(last string) string {
	text := "clear the mark of the program or library that asks for an executable stack, as hardly one needs it: " +
		"execstack -q FILE finds it (X; or readelf -lW FILE: GNU_STACK RWE), execstack -c FILE or patchelf " +
		"--clear-execstack FILE clears it; or update it, or leave it refused where the program works all the same"
	if last != "" {
		text += "; " + last
	}
	return text + "; no allow rule"
}

// faultText says what to do about an executable stack or heap, with the boolean that allows it as the last way.
func (l *Log) faultText(it *incident.Finding) string {
	last := ""
	if len(it.Switches) > 0 {
		whose := "processes of " + l.policy().TypeName(policy.TypeID(it.Denial.Source.Type))
		if it.AVC != nil && !strings.Contains(it.AVC.SContext, ":system_r:") {
			whose = "programs of users"
		}
		last = words.Sprintf("at last %s, by which all %s may do so",
			shell.New("setsebool", "-P").With(SettingArgs(l.policy(), it.Switches[0])), whose)
	}
	if it.Denial.Instead == diagnose.InsteadStack {
		return stackText(last)
	}
	text := insteadOfRule(it.Denial.Instead, "", "")
	if last != "" {
		text += "; " + last
	}
	return text
}
