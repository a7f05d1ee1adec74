package policydb

import (
	"iter"
)

// A FilenameTrans says that objects of Class, created under Name in a directory of type Target, get
// the type Result. The file keeps it once for all its sources; it is one rule for each of them.
type FilenameTrans struct {
	Target, Class, Result uint32
	Name                  string
	Source                uint32 // the one source type, or 0 when Sources holds them
	Sources               Bitmap // type values - 1
}

// AllSources yields the source types (or attributes) in ascending order.
func (f FilenameTrans) AllSources() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if f.Source != 0 {
			yield(f.Source)
			return
		}
		for bit := range f.Sources.All() {
			if !yield(bit + 1) {
				return
			}
		}
	}
}

// A FilenameTransTab is the table of filename transitions, as a view of the
// records of the file. Version 33 groups them by target, class and name; older
// versions have one record for each source.
type FilenameTransTab struct {
	data    string
	records int
	rules   int
	grouped bool
}

// Rules returns the number of rules: one for each source of each record.
func (t FilenameTransTab) Rules() int { return t.rules }

// All yields the rules in the file's order, those that differ in nothing but
// the source together where the file has them so.
func (t FilenameTransTab) All() iter.Seq[FilenameTrans] {
	return func(yield func(FilenameTrans) bool) {
		c := cursor{s: t.data}
		for range t.records {
			if !t.record(&c, yield) {
				return
			}
		}
	}
}

// record yields the rules of the record at the cursor, which was validated
// when it was decoded.
func (t FilenameTransTab) record(c *cursor, yield func(FilenameTrans) bool) bool {
	f := FilenameTrans{Name: c.bytes(int(c.u32()))}
	if !t.grouped {
		f.Source, f.Target, f.Class, f.Result = c.u32(), c.u32(), c.u32(), c.u32()
		return yield(f)
	}
	f.Target, f.Class = c.u32(), c.u32()
	for range c.u32() {
		n := int(le32(c.s, c.off+8)) * bitmapNodeSize
		f.Sources = Bitmap{highbit: le32(c.s, c.off+4), nodes: c.s[c.off+bitmapMinSize : c.off+bitmapMinSize+n]}
		c.off += bitmapMinSize + n
		f.Result = c.u32()
		if !yield(f) {
			return false
		}
	}
	return true
}

// filenameTrans mirrors filename_trans_read.
func (d *decoder) filenameTrans() FilenameTransTab {
	d.enter("filename_transitions")
	t := FilenameTransTab{grouped: d.p.Version >= versionCompFtrans}
	n := d.count(20)
	start := d.off
	types, classes := d.p.Types.NPrim, d.p.Classes.NPrim
	for i := range n {
		d.record = i
		d.name(d.u32())
		if !t.grouped {
			d.value("source type", d.u32(), types)
			d.value("target type", d.u32(), types)
			d.value("class", d.u32(), classes)
			d.value("resulting type", d.u32(), types)
			t.rules++
		} else {
			d.value("target type", d.u32(), types)
			d.value("class", d.u32(), classes)
			data := d.count(bitmapMinSize + 4)
			if data == 0 && d.err == nil {
				d.failf("a key without rules")
			}
			for range data {
				sources := d.bitmap()
				if !sources.IsEmpty() && sources.lastBit() >= types && d.err == nil {
					d.value("source type", sources.lastBit()+1, types)
				}
				t.rules += sources.Count()
				d.value("resulting type", d.u32(), types)
			}
		}
		if d.err != nil {
			return FilenameTransTab{}
		}
	}
	t.records, t.data = n, d.s[start:d.off]
	return t
}

func (e *encoder) filenameTrans() {
	e.count(e.p.FilenameTrans.records)
	e.str(e.p.FilenameTrans.data)
}
