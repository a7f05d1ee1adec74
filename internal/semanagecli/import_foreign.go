package semanagecli

import (
	"slices"
	"strings"
)

// withoutForeign returns the lines that are commands, without those of subcommands that are left to
// the system's semanage where together they leave everything as it is: if they only delete
// everything and make the same records again. An export of a store so can be imported into it.
// Other such commands hand the whole import over.
func (r *run) withoutForeign(text string) ([]string, error) {
	var kept, order []string
	theirs := map[string][]string{}
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		words, err := splitLine(line)
		if err != nil || !foreign(words[0]) {
			kept = append(kept, line) // an error is for when it is its turn
			continue
		}
		name := words[0]
		if _, ok := theirs[name]; !ok {
			order = append(order, name)
		}
		theirs[name] = append(theirs[name], strings.Join(words[1:], " "))
	}
	for _, name := range order {
		have := r.foreignRecords(name)
		for i, line := range have {
			words, err := splitLine(line)
			if err != nil {
				return nil, err
			}
			have[i] = strings.Join(words, " ")
		}
		list := theirs[name]
		made := slices.Clone(list[1:])
		slices.Sort(made)
		slices.Sort(have)
		if list[0] != "-D" && list[0] != "--deleteall" || !slices.Equal(made, have) {
			return nil, &handOverError{name}
		}
	}
	return kept, nil
}
