package policytest

import (
	"fmt"
	"strconv"
	"strings"
)

// commands reads { 0x8910-0x8912 0x8927 }, with an optional ~ before it.
func (r *ruleReader) commands() (*Commands, error) {
	c := &Commands{}
	if r.peek() == "~" {
		r.next()
		c.Not = true
	}
	words := []string{r.next()}
	if words[0] == "{" {
		words = nil
		for r.peek() != "}" {
			if r.peek() == "" {
				return nil, fmt.Errorf(`"}" is missing`)
			}
			words = append(words, r.next())
		}
		r.next()
	}
	text := strings.ReplaceAll(strings.ReplaceAll(strings.Join(words, " "), " - ", "-"), " -", "-")
	for word := range strings.FieldsSeq(text) {
		low, high, both := strings.Cut(word, "-")
		if !both {
			high = low
		}
		one, err := commandRange(low, high)
		if err != nil {
			return nil, err
		}
		c.Ranges = append(c.Ranges, one)
	}
	if len(c.Ranges) == 0 {
		return nil, fmt.Errorf("no commands")
	}
	return c, nil
}

func commandRange(low, high string) (CommandRange, error) {
	a, err1 := strconv.ParseUint(low, 0, 16)
	b, err2 := strconv.ParseUint(high, 0, 16)
	if err1 != nil || err2 != nil || a > b {
		return CommandRange{}, fmt.Errorf("%s-%s is not a range of commands", low, high)
	}
	return CommandRange{uint16(a), uint16(b)}, nil
}
