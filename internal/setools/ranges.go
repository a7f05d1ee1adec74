package setools

import "strings"

// PortRange is the value of --portcon: both ends inclusive, Low <= High. Ends above 65535 are possible; no portcon
// has them.
type PortRange struct{ Low, High uint64 }

// PortRange returns the value of --portcon; ok is false if there is none. The error is an *Exit. seinfo looks at
// this value only after it has opened the policy and read the value of --ibpkeycon (IBPkeyRange), and before it
// prints anything.
//
// 4.4.1 answers a range with an internal error (`PortconRange.__new__() missing 1 required positional argument`),
// and port 0 with every portcon. Here a range is a range, and port 0 is a port. For a reversed range the error text
// is that of the newest SETools.
func (a *SeinfoArgs) PortRange() (r PortRange, ok bool, err error) {
	low, high, ok := splitRange(a.Queries[ComponentPortcons].Value, 10)
	switch {
	case a.Queries[ComponentPortcons].Value == "":
		return PortRange{}, false, nil
	case !ok:
		return PortRange{}, false, usageError(seinfoParser(), "Enter a port number or range, e.g. 22 or 6000-6020")
	case low.value > high.value:
		return PortRange{}, false, failure("The low port must be <= the high port: " + low.digits + "-" + high.digits)
	}
	return PortRange{Low: low.value, High: high.value}, true, nil
}

// PkeyRange is the value of --ibpkeycon: both ends inclusive, 1 <= Low <= High.
type PkeyRange struct{ Low, High uint16 }

// IBPkeyRange returns the value of --ibpkeycon; ok is false if there is none. The error is an *Exit. 4.4.1 cannot
// read a range here either; senet checks it as 4.4.1 checks a single key.
func (a *SeinfoArgs) IBPkeyRange() (r PkeyRange, ok bool, err error) {
	low, high, ok := splitRange(a.Queries[ComponentIBPkeycons].Value, 16)
	text := "0x" + low.digits + "-0x" + high.digits
	switch {
	case a.Queries[ComponentIBPkeycons].Value == "":
		return PkeyRange{}, false, nil
	case !ok:
		return PkeyRange{}, false, usageError(seinfoParser(),
			"Enter a pkey number or range, e.g. 0x22 or 0x6000-0x6020")
	case low.value < 1 || high.value < 1:
		return PkeyRange{}, false, failure("Pkeys must be positive: " + text)
	case low.value > 0xffff || high.value > 0xffff:
		return PkeyRange{}, false, failure("Pkeys maximum is 0xffff: " + text)
	case low.value > high.value:
		return PkeyRange{}, false, failure("The low pkey must be smaller than the high pkey: " + text)
	}
	return PkeyRange{Low: uint16(low.value), High: uint16(high.value)}, true, nil
}

// splitRange reads N or LOW-HIGH.
func splitRange(text string, base int) (low, high number, ok bool) {
	parts := strings.Split(text, "-")
	if len(parts) > 2 {
		return number{}, number{}, false
	}
	low, okLow := parseNumber(parts[0], base)
	high, okHigh := parseNumber(parts[len(parts)-1], base)
	return low, high, okLow && okHigh
}
