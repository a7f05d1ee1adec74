package daemonconf

// A setting holds the words of a directive, without its name, and its place.
type setting struct {
	words []string
	at    Pos
}

func (s setting) word(i int) string {
	if i < len(s.words) {
		return s.words[i]
	}
	return ""
}

// settings holds the last setting of each name.
type settings map[string]setting

// get returns a setting, else its default, with a note that says so.
func (s settings) get(j *job, name string, otherwise ...string) (set setting, note string) {
	if set, ok := s[name]; ok {
		return set, ""
	}
	return setting{otherwise, Pos{File: j.start.Pos.File}}, "the default"
}
