package audit

import "strings"

// A LogOf is what a sentence names as the program whose output stands below it, in lower case: zabbix agent.
type LogOf struct {
	Line int64
	Name string
}

const maxLogOf = 16

// logOf reads a line that says whose output follows: "output from zabbix agent:", "the logs of haproxy".
func (p *Prose) logOf(b []byte, line int64) {
	if len(p.LogsOf) == maxLogOf || len(b) > longestProse {
		return
	}
	text := strings.ToLower(string(b))
	for _, lead := range [...]string{"output from ", "output of ", "log from ", "log of ", "logs from ", "logs of "} {
		before, rest, ok := strings.Cut(text, lead)
		if !ok || before != "" && before[len(before)-1] != ' ' {
			continue
		}
		rest = strings.Trim(rest, " `*_")
		for _, article := range [...]string{"the ", "our ", "my ", "a "} {
			rest = strings.TrimPrefix(rest, article)
		}
		name, after, _ := strings.Cut(rest, ":")
		if name = strings.Trim(name, " `*_."); name != "" && strings.Trim(after, " `*") == "" &&
			strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-_ ") == "" {
			p.LogsOf = append(p.LogsOf, LogOf{line, name})
			return
		}
	}
}

// LogOf returns what the text right above a line says whose output it is, "" for nothing.
func (p *Prose) LogOf(line int64) (name string) {
	const near = 3
	for _, l := range p.LogsOf {
		if l.Line < line && line-l.Line <= near {
			name = l.Name
		}
	}
	return name
}
