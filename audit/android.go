package audit

import "strings"

// androidVersion returns the newest version of Android that a text in lower case names, 0 for none: Android 7.1,
// cm-14.1, LineageOS 18, nougat.
func androidVersion(text string) int {
	var newest int64
	for _, name := range [...]struct {
		word   string
		number int64
	}{{"kitkat", 4}, {"lollipop", 5}, {"marshmallow", 6}, {"nougat", 7}, {"oreo", 8}} {
		if hasWord(text, name.word) {
			newest = max(newest, name.number)
		}
	}
	for _, name := range [...]string{"android", "cyanogenmod", "cm", "lineageos", "lineage"} {
		for rest := text; ; {
			i := strings.Index(rest, name)
			if i < 0 {
				break
			}
			alone := i == 0 || !inWord(rest[i-1])
			rest = rest[i+len(name):]
			if number := leadingNumber([]byte(strings.TrimLeft(rest, " -_"))); alone && number > 0 {
				newest = max(newest, ofAndroid(name, number))
			}
		}
	}
	return int(newest)
}

// ofAndroid returns the version of Android for one of a system that is made of it, 0 for numbers that none had.
func ofAndroid(name string, number int64) int64 {
	const oldest, latest = 4, 30
	version := number
	switch name {
	case "android":
	case "cyanogenmod", "cm":
		if number > 14 {
			return 0
		}
		version = map[int64]int64{10: 4, 11: 4, 12: 5, 13: 6, 14: 7}[number]
	default:
		version = number - 7
	}
	if version < oldest || version > latest {
		return 0
	}
	return version
}
