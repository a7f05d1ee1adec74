package semanagecli

import "strings"

// splitLine splits a line of an import into words, as mkargv does: at blanks, but not within quotes. Quotes at the
// ends of a word are removed.
func splitLine(line string) ([]string, error) {
	var words []string
	fields := strings.Fields(line)
	for i := 0; i < len(fields); i++ {
		quote := ""
		for _, q := range []string{`"`, `'`} {
			if strings.Contains(fields[i], q) {
				quote = q
				break
			}
		}
		switch n := strings.Count(fields[i], quote); {
		case quote == "":
			words = append(words, fields[i])
		case n > 1:
			words = append(words, strings.Trim(fields[i], quote))
		default:
			joined := []string{strings.Trim(fields[i], quote)}
			for i++; i < len(fields) && !strings.Contains(fields[i], quote); i++ {
				joined = append(joined, fields[i])
			}
			if i == len(fields) {
				return nil, valueError("a quote is not closed: " + strings.TrimSpace(line))
			}
			words = append(words, strings.Join(append(joined, strings.Trim(fields[i], quote)), " "))
		}
	}
	return words, nil
}
