package diagnose

import (
	"slices"
	"strings"
)

// ofPlaceOnAndroid reports whether a type is the label of all files in a place that nobody has labelled.
func ofPlaceOnAndroid(typ string) bool {
	return slices.Contains([]string{"system_data_file", "vendor_data_file", "device"}, typ)
}

// temporaryName reports whether a file has a name of the moment: one that is hidden, a copy or named so, or that
// ends in
// random letters, as mkstemp makes them.
func temporaryName(base string) bool {
	if strings.HasPrefix(base, ".") {
		return true
	}
	parts := strings.FieldsFunc(base, func(c rune) bool { return c == '.' || c == '-' || c == '_' || c == '~' })
	for _, part := range parts {
		switch strings.ToLower(part) {
		case "tmp", "temp", "bak", "backup", "swp", "new", "old":
			return true
		}
	}
	return len(parts) > 1 && isRandom(parts[len(parts)-1])
}

// isRandom reports whether a word has small and capital letters, or digits, mixed as no word of a language has.
func isRandom(word string) bool {
	if len(word) < 6 || len(word) > 16 {
		return false
	}
	changes, last := 0, 0
	for i := range len(word) {
		kind := 0
		switch c := word[i]; {
		case c >= 'a' && c <= 'z':
			kind = 1
		case c >= 'A' && c <= 'Z':
			kind = 2
		case c >= '0' && c <= '9':
			kind = 3
		default:
			return false
		}
		if kind != last && i > 0 {
			changes++
		}
		last = kind
	}
	return changes >= 3
}
