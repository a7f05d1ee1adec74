package head

import (
	"strings"
	"time"
)

// months has the abbreviated names of the months, in lower case and without a point, of the languages in which
// journalctl and dmesg -T write dates: English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech,
// Slovak, Hungarian, Swedish, Danish, Norwegian, Finnish, Catalan, Romanian, Turkish, Russian, Ukrainian, Greek.
var months = [...]string{
	" jan janv ene gen sty led ian oca tammi янв січ ιαν ",
	" feb févr fev febr lut úno helmi şub фев лют φεβ ",
	" mar mär mars mrt marzec bře márc març maalis мар бер μαρ märz ",
	" apr avr avril abr kwi dub ápr huhti nis апр кві απρ april ",
	" may mai mei maj mag kvě máj maig touko мая май тра μαΐ μαϊ ",
	" jun juin giu cze čen jún juni juny kesä iun haz июн чер ιουν ",
	" jul juil lug lip čec júl juli heinä iul tem июл лип ιουλ ",
	" aug août ago sie srp ag elo ağu авг сер αυγ ",
	" sep sept set wrz zář szept syys eyl сен вер σεπ ",
	" oct okt ott out paź říj loka eki окт жов οκτ ",
	" nov lis marras noi kas ноя лис νοε ",
	" dec dez déc dic gru pro des joulu ara дек гру δεκ ",
}

// monthNamed returns the month of an abbreviated name: Feb, févr., 2月. It returns 0 if the name is not known.
func monthNamed(s string) time.Month {
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	for _, suffix := range [...]string{"月", "월"} {
		if digits, ok := strings.CutSuffix(s, suffix); ok {
			n, ok := number(digits)
			if !ok || n > 12 {
				return 0
			}
			return time.Month(n)
		}
	}
	if s == "" || strings.ContainsAny(s, " ") {
		return 0
	}
	for i, names := range months {
		if strings.Contains(names, " "+s+" ") {
			return time.Month(i + 1)
		}
	}
	return 0
}

// isMonthWord reports whether a word can be the name of a month in some language: letters, and an optional point
// after them.
func isMonthWord(s string) bool {
	letters := 0
	for i, r := range s {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80:
			letters++
		case r == '.' && i == len(s)-1:
		case r >= '0' && r <= '9' && i < 2: // 12月
		default:
			return false
		}
	}
	return letters > 0 && letters <= 10
}
