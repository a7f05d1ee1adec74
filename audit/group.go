package audit

import (
	"time"
)

// A Group is a set of equal denials.
type Group struct {
	Signature Signature
	Count     int64
	// OnlyLogged is the number of its denials that have permissive=1: the operation went ahead.
	OnlyLogged int64
	// Missed is how many more denials the group may have had. Groups are dropped for lack of room, and this group
	// may have been dropped before. It is 0 if no group was dropped before this one began.
	Missed int64
	// First and Last are the earliest and the latest time, to the microsecond;
	// zero if no event of the group has one.
	First, Last time.Time
	// YearAssumed says that the year of at least one of the times was assumed: see [Event.YearAssumed].
	YearAssumed bool
	// Commands are the names of the programs, at most four, in the order of the log.
	Commands []string
	// Objects are the paths or names of files, at most four, in the order of the log. MoreObjects says that there
	// were others.
	Objects     []string
	MoreObjects bool

	group *group
}

// maxCommands and maxObjects bound [Group.Commands] and [Group.Objects].
const (
	maxCommands = 4
	maxObjects  = 4
)

// Example returns an event of the group, and the index of its AVC; -1 if the denial is that of its report or rule. It
// is the first event, or the first that has its system call. Every call parses it again.
func (g *Group) Example() (e *Event, index int) {
	return g.group.example()
}

// A SymptomGroup is a set of equal symptoms: of the same program, operation and place.
type SymptomGroup struct {
	Count int64
	// Missed is how many more symptoms the group may have had: see [Group.Missed].
	Missed  int64
	First   time.Time
	Last    time.Time
	Example *Event
}
