package audit

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// aureportRow is a row of aureport --avc.
type aureportRow struct {
	comm, subject, call, class, perms, object, result string
	time                                              time.Time
	serial                                            uint64
}

// aureport reads a row of aureport --avc: number, date, time, comm, subject, system call, class, permissions, object,
// result, event. Only with -i it names the system call.
func (r *Reader) aureport(line []byte) bool {
	if bytes.Count(line, []byte(":")) < 6 {
		return false
	}
	row, ok := r.aureportFields(strings.Fields(string(line)))
	if !ok {
		return false
	}
	text := fmt.Sprintf("avc:  %s  { %s } for  comm=%s scontext=%s tcontext=%s tclass=%s", row.result, row.perms,
		row.comm, row.subject, row.object, row.class)
	r.flushPartial()
	r.flushLoose()
	rec := record{typ: typeAVC, id: eventID{serial: row.serial}, format: FormatAureport, body: []byte(text),
		line: r.stats.Lines, time: row.time}
	r.recognise(&rec)
	o := r.newOpenWith(&rec)
	if row.call != "" {
		o.add(&record{typ: typeSyscall, style: interpreted, format: FormatAureport, line: r.stats.Lines,
			body: []byte("syscall=" + row.call)})
	}
	r.wait(waiting{open: o})
	return true
}

func (r *Reader) aureportFields(f []string) (row aureportRow, ok bool) {
	n := len(f)
	if n < 11 || n > 16 || !strings.HasSuffix(f[0], ".") {
		return row, false
	}
	row = aureportRow{subject: f[n-7], call: f[n-6], class: f[n-5], perms: strings.ReplaceAll(f[n-4], ",", " "),
		object: f[n-3], result: f[n-2]}
	serial, err := strconv.ParseUint(f[n-1], 10, 64)
	if err != nil || row.result != string(Denied) && row.result != string(Granted) ||
		strings.Count(row.subject, ":") < 2 || strings.Count(row.object, ":") < 2 {
		return row, false
	}
	row.serial = serial
	comm := f[3 : n-7]
	if len(comm) > 1 && (comm[0] == "AM" || comm[0] == "PM") {
		comm = comm[1:]
	}
	if row.comm = strings.Join(comm, " "); !strings.Contains(row.comm, `"`) {
		row.comm = `"` + row.comm + `"`
	}
	if strings.Trim(row.call, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || row.call[0] <= '9' {
		row.call = ""
	}
	for _, layout := range [...]string{"01/02/2006 15:04:05", "01/02/06 15:04:05", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(layout, f[1]+" "+f[2], r.options.Location); err == nil {
			row.time = t.UTC()
		}
	}
	return row, true
}
