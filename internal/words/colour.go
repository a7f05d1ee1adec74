package words

import "bytes"

// verdicts are the words at the beginning of a line with a verdict, with their colours: the green,
// red and yellow of the user's terminal.
var verdicts = []struct{ word, colour string }{
	{"YES ", "\x1b[32m"}, {"NO  ", "\x1b[31m"}, {"?   ", "\x1b[33m"},
}

const plainColour = "\x1b[0m"

// paint colours the verdicts at the beginning of lines. It comes after all escaping, so that no
// other text affects the terminal.
func (s *Stream) paint(text []byte) []byte {
	var out []byte
	for line := range bytes.Lines(text) {
		if !s.inside {
			for _, v := range verdicts {
				if rest, ok := bytes.CutPrefix(line, []byte(v.word)); ok {
					word := bytes.TrimRight([]byte(v.word), " ")
					out = append(append(append(out, v.colour...), word...), plainColour...)
					out = append(out, v.word[len(word):]...)
					line = rest
					break
				}
			}
		}
		out = append(out, line...)
		s.inside = len(line) > 0 && line[len(line)-1] != '\n'
	}
	return out
}
