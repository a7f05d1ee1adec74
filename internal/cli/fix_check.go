package cli

import (
	"fmt"

	"github.com/senet-selinux/senet/internal/words"
)

// The bounds of a fix that is read from a file.
const (
	maxRecords    = 1000
	maxModule     = 4 << 20
	maxModuleName = 128
	maxRecordLine = 16 << 10 // ranges of levels are long
)

// maxArgument bounds the arguments of a question.
const maxArgument = 4096

// check refuses a question that nobody would type.
func (q fixQuestion) check() error {
	for _, arg := range q.args() {
		if len(arg) > maxArgument || words.Safe(arg) != arg {
			return fmt.Errorf("%.40q in the question", arg)
		}
	}
	_, _, err := parseQuestion(q.args())
	return err
}

// check refuses steps that senet does not make.
func (steps *fixSteps) check() error {
	if m := steps.Module; m != nil {
		if !plainModuleName(m.Name) {
			return fmt.Errorf("%.40q is no name for a module", m.Name)
		}
		if m.CIL == "" || len(m.CIL) > maxModule {
			return fmt.Errorf("module %s: %d bytes", m.Name, len(m.CIL))
		}
	}
	if steps.transactions() == 0 {
		return fmt.Errorf("nothing is changed")
	}
	if len(steps.Records) > maxRecords {
		return fmt.Errorf("%d records", len(steps.Records))
	}
	for i := range steps.Records {
		if line := steps.Records[i].Line; len(line) > maxRecordLine {
			return fmt.Errorf("record %.40q..., of %d bytes", line, len(line))
		}
		if _, err := steps.Records[i].record(); err != nil {
			return err
		}
	}
	return nil
}

// plainModuleName reports whether a name is one that semodule and every file
// system take, and no option or path.
func plainModuleName(name string) bool {
	if name == "" || len(name) > maxModuleName {
		return false
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '_' || c == '-'):
		default:
			return false
		}
	}
	return true
}
