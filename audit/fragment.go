package audit

import "bytes"

// fragment reads a line that has contexts, or says that something was denied, but has none of the words that begin
// a record. It reads a row of aureport --avc, and a SELINUX_ERR without its type. It counts as malformed the rest
// of a record whose beginning is not in the input, and the summaries of ausearch --format csv and text. A line of a
// listing of labels is read too. It is called for every line that nothing else has read, and does not allocate for
// other lines.
func (r *Reader) fragment(line []byte) bool {
	switch {
	case bytes.Contains(line, []byte("accessed-mac-policy-controlled-object")):
		// The word for an AVC in auparse_normalize.c.
		if bytes.Contains(line, []byte("granted")) {
			return false
		}
		r.stats.malformed(MalformedSummary, r.stats.Lines, string(line[:min(len(line), maxSample)]))
		return true
	case !bytes.Contains(line, []byte("_r:")):
		return false
	case bytes.Contains(line, []byte("op=security_")) || bytes.Contains(line, []byte("security_compute_sid:")):
		h := r.heads.Parse(line)
		m := line[h.End:]
		at := max(bytes.Index(m, []byte("op=security_")), bytes.Index(m, []byte("security_compute_sid:")))
		if at < 0 {
			return false
		}
		e, ok := parseSELinuxError(string(m[at:]), raw, false)
		if !ok || e.SContext == "" && e.OldContext == "" {
			return false
		}
		r.stats.Errors++
		r.deliver(&Event{
			Time: h.Time, YearAssumed: h.YearAssumed, Node: h.Host, Format: FormatKernel, Line: r.stats.Lines,
			Errors: []SELinuxError{e},
		})
		return true
	case bytes.Contains(line, []byte("tcontext=")) && bytes.Contains(line, []byte("tclass=")),
		bytes.Contains(line, []byte("<tcontext>")), bytes.Contains(line, []byte("<scontext>")):
		if r.keyedLine(line) || r.headless(line) {
			return true
		}
		r.stats.malformed(MalformedAVC, r.stats.Lines, string(line[:min(len(line), maxSample)]))
		return true
	}
	return r.aureport(line) || r.listing(line)
}

// headless reads a denial that was pasted without the word before it: denied  { read } for  pid=812 ... tclass=file.
func (r *Reader) headless(line []byte) bool {
	h := r.heads.Parse(line)
	m := line[h.End:]
	at := bytes.Index(m, []byte("denied"))
	if at < 0 || bytes.ContainsAny(m[:at], "\"'=") {
		return false
	}
	rest := m[at+len("denied"):]
	if open := bytes.TrimLeft(rest, " \t"); len(open) == 0 || open[0] != '{' ||
		!bytes.Contains(open, []byte("scontext=")) {
		return false
	}
	body := append([]byte("avc:  "), m[at:]...)
	r.looseTyped(record{typ: typeAVC, format: FormatPlain, body: body, line: r.stats.Lines, time: h.Time,
		assumed: h.YearAssumed}, h)
	return true
}
