package audit

import (
	"time"
)

// A Group is equal denials.
type Group struct {
	Signature Signature
	Count     int64
	// OnlyLogged is the number of them that were logged with permissive=1: the operation went
	// ahead.
	OnlyLogged int64
	// Missed is how many more there may have been: groups were dropped for want of
	// room, and this may have been one of them. 0 where none was dropped before it.
	Missed int64
	// First and Last are the earliest and the latest time, to the microsecond;
	// zero if no event of the group has one.
	First, Last time.Time
	// YearAssumed says that the year of one of the times at least was assumed: see
	// [Event.YearAssumed].
	YearAssumed bool
	// Commands are the names of the programs, in the order in which they came, at
	// most four of them.
	Commands []string
	// Objects are the paths or names of files, in the order in which they came, at
	// most four of them; MoreObjects says that there were others.
	Objects     []string
	MoreObjects bool

	group *group
}

// maxCommands and maxObjects bound [Group.Commands] and [Group.Objects].
const (
	maxCommands = 4
	maxObjects  = 4
)

// Example returns an event of the group, and which of its AVCs it is about; -1
// if it is the denial of its report. It is the first that came, or the first
// that has its system call. Every call parses it anew.
func (g *Group) Example() (e *Event, index int) {
	return g.group.example()
}

// A SymptomGroup is equal symptoms: of the same program, operation and place.
type SymptomGroup struct {
	Count int64
	// Missed is how many more there may have been: see [Group.Missed].
	Missed  int64
	First   time.Time
	Last    time.Time
	Example *Event
}
