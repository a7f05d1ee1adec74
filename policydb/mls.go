package policydb

// A Level is a sensitivity with a set of categories.
type Level struct {
	Sens uint32 // 1-based; 0 in a policy without MLS
	Cats Bitmap // category values - 1
}

// A Range is the levels from Low to High.
type Range struct {
	Low, High Level
	// Single records that the file holds one level for both ends. Every known
	// writer sets it exactly when Low equals High.
	Single bool
}

// SingleLevel returns the range from l to l as libsepol writes it.
func SingleLevel(l Level) Range { return Range{Low: l, High: l, Single: true} }

// level mirrors mls_read_level.
func (c *cursor) level() Level {
	sens := c.u32()
	return Level{Sens: sens, Cats: c.bitmap()}
}

// mlsRange mirrors mls_read_range_helper.
func (c *cursor) mlsRange() Range {
	items := c.u32()
	if (items == 0 || items > 2) && c.err == nil {
		c.failf("range of %d levels", items)
	}
	r := Range{Single: items == 1}
	r.Low.Sens = c.u32()
	if !r.Single {
		r.High.Sens = c.u32()
	}
	r.Low.Cats = c.bitmap()
	if r.Single {
		r.High = r.Low
		return r
	}
	r.High.Cats = c.bitmap()
	return r
}

// checkLevel refuses levels that name no sensitivity or category. In a policy
// without MLS levels are void and are not looked at.
func (d *decoder) checkLevel(l Level) {
	p := d.p
	if d.err != nil || !p.MLS() {
		return
	}
	d.value("sensitivity", l.Sens, p.Sensitivities.NPrim)
	if !l.Cats.IsEmpty() && l.Cats.lastBit() >= p.Categories.NPrim && d.err == nil {
		d.failf("category %d is not in 1..%d", l.Cats.lastBit()+1, p.Categories.NPrim)
	}
}

func (d *decoder) checkRange(r Range) {
	d.checkLevel(r.Low)
	if !r.Single {
		d.checkLevel(r.High)
	}
}

func (e *encoder) level(l Level) {
	e.u32(l.Sens)
	e.bitmap(l.Cats)
}

func (e *encoder) mlsRange(r Range) {
	if r.Single {
		e.u32(1)
		e.level(r.Low)
		return
	}
	e.u32(2)
	e.u32(r.Low.Sens)
	e.u32(r.High.Sens)
	e.bitmap(r.Low.Cats)
	e.bitmap(r.High.Cats)
}

// A RangeTransition is a range_transition rule.
type RangeTransition struct {
	Source, Target uint32 // types or attributes
	Class          uint32 // 0 before v21, where it is always the process class
	Range          Range
}

// rangeTransitions mirrors range_read.
func (d *decoder) rangeTransitions() []RangeTransition {
	d.enter("range_transitions")
	types, classes := d.p.Types.NPrim, d.p.Classes.NPrim
	list := make([]RangeTransition, d.count(8+8+bitmapMinSize))
	for i := range list {
		d.record = i
		rt := &list[i]
		rt.Source, rt.Target = d.u32(), d.u32()
		d.value("source type", rt.Source, types)
		d.value("target type", rt.Target, types)
		if d.p.Version >= versionRangeTrans {
			rt.Class = d.u32()
			d.value("class", rt.Class, classes)
		}
		rt.Range = d.mlsRange()
		d.checkRange(rt.Range)
		if d.err != nil {
			return nil
		}
	}
	return list
}

func (e *encoder) rangeTransitions() {
	e.count(len(e.p.RangeTrans))
	for i := range e.p.RangeTrans {
		rt := &e.p.RangeTrans[i]
		e.u32(rt.Source)
		e.u32(rt.Target)
		if e.p.Version >= versionRangeTrans {
			e.u32(rt.Class)
		}
		e.mlsRange(rt.Range)
	}
}
