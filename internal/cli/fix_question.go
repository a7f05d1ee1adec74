package cli

import (
	"fmt"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// A fixQuestion is the arguments of senet fix.
type fixQuestion doc.Question

func (q fixQuestion) args() []string { return []string{q.Subject, q.Action, q.Target} }

// command asks the question again, with flags.
func (q fixQuestion) command(flags shell.Command) shell.Command {
	return shell.New("senet", "fix").Arg(q.args()...).With(flags)
}

func (q fixQuestion) String() string { return q.Subject + " " + q.Action + " " + q.Target }

// maxArgument bounds the arguments of a question.
const maxArgument = 4096

// check refuses a question that nobody would type.
func (q fixQuestion) check() error {
	for _, arg := range q.args() {
		if len(arg) > maxArgument || words.Safe(arg) != arg {
			return fmt.Errorf("%.40q in the question", arg)
		}
	}
	_, _, err := protocolFlag("").question(q.args())
	return err
}

func subjectType(q *canAnswer) policy.TypeID { return policy.TypeID(q.subject.Context.Type) }
