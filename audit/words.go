package audit

import "strings"

// The tables of this package are strings of words separated by blanks. They have a few kilobytes, need no work at
// the start, and a look-up takes a microsecond.

// wordAt returns word number n, from 0, of a table, "" past its end.
func wordAt(table string, n int) string {
	at := 0
	for ; n > 0; n-- {
		for at < len(table) && table[at] != ' ' {
			at++
		}
		if at == len(table) {
			return ""
		}
		at++
	}
	table = table[at:]
	word, _, _ := strings.Cut(table, " ")
	if word == "-" {
		return ""
	}
	return word
}

// indexOfWord returns the number of a word in a table, or -1.
func indexOfWord(table, word string) int {
	if word == "" || word == "-" {
		return -1
	}
	for n := 0; ; n++ {
		w, rest, ok := strings.Cut(table, " ")
		if w == word {
			return n
		}
		if !ok {
			return -1
		}
		table = rest
	}
}
