package incident

import (
	"strings"
	"time"

	"github.com/senet-selinux/senet/audit"
)

// An ErrorGroup is a group of equal SELINUX_ERR records.
type ErrorGroup struct {
	// Example is the first event, Index the index of its error.
	Example *audit.Event
	Index   int
	Count   int64
	// First and Last are the earliest and the latest time, zero if no record has
	// one.
	First, Last time.Time
}

// maxErrors bounds the groups of SELINUX_ERR records that are kept.
const maxErrors = 1024

// An errorKey has all fields of a SELINUX_ERR record that a verdict depends on.
type errorKey struct {
	op, invalid, class, permissions string
	source, target, task            string // types
	oldContext, newContext, message string
}

func keyOf(x *audit.SELinuxError) errorKey {
	key := errorKey{
		op: x.Op, invalid: x.InvalidContext, class: x.TClass, permissions: strings.Join(x.Permissions, " "),
		source: audit.ContextType(x.SContext), target: audit.ContextType(x.TContext),
		task:       audit.ContextType(x.TaskContext),
		oldContext: x.OldContext, newContext: x.NewContext,
	}
	if x.Op == audit.OpNetlinkMessage {
		key.message = MessageType(x)
	}
	return key
}

// MessageType returns the type of a netlink message that the kernel did not know
// ([audit.OpNetlinkMessage]), "" if the record does not have it.
func MessageType(x *audit.SELinuxError) string {
	value := ""
	for _, f := range x.Fields {
		if f.Key == "nlmsg_type" || f.Key == "type" {
			value = f.Value
		}
	}
	return value
}

func (log *Log) addError(e *audit.Event, i int) {
	key := keyOf(&e.Errors[i])
	at, ok := log.errorIndex[key]
	if !ok {
		if len(log.Errors) == maxErrors {
			log.OtherErrors++
			return
		}
		at = len(log.Errors)
		log.errorIndex[key] = at
		log.Errors = append(log.Errors, ErrorGroup{Example: e, Index: i, First: e.Time})
	}
	g := &log.Errors[at]
	g.Count++
	if e.Time.After(g.Last) {
		g.Last = e.Time
	}
	if !e.Time.IsZero() && (g.First.IsZero() || e.Time.Before(g.First)) {
		g.First = e.Time // rotated logs may come in any order
	}
}
