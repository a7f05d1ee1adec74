package audit

// A parsedExample is an example that did not come as text.
type parsedExample struct {
	event *Event
	index int
}

// example returns the example of a group, and which of its AVCs it is; -1 if it
// is that of its report.
func (f *Folder) example(n int32) (*Event, int) {
	if x, ok := f.parsed[n]; ok {
		return x.event, x.index
	}
	return (&Reader{}).build(f.arena.event(*f.examples.at(n))), 0 // its statistics have been counted
}

// setExample keeps an open event as the example of a group.
func (f *Folder) setExample(n int32, o *openEvent) {
	if len(f.parsed) > 0 {
		delete(f.parsed, n)
	}
	at, ok := f.arena.keep(o)
	if !ok {
		e := (&Reader{}).build(o)
		e.Time = possible(e.Time)
		f.parsed[n] = parsedExample{e, 0}
	}
	*f.examples.at(n) = at
}
