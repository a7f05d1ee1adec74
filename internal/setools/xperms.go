package setools

import (
	"strings"

	"github.com/senet-selinux/senet/internal/argparse"
)

// XpermRange is an inclusive range of extended permissions, Low <= High.
type XpermRange struct{ Low, High uint16 }

// ParseXperms reads the value of -x: numbers and ranges LOW-HIGH separated by commas. They are always hexadecimal
// (`9999` is 0x9999), and the ends of a range may have either order. The error is an *Exit with SETools' text.
// sesearch looks at this value for TE rules alone, after it has looked up source, target, default, classes and
// permissions, and before the booleans.
func ParseXperms(text string) ([]XpermRange, error) {
	var ends [][2]number
	for item := range strings.SplitSeq(text, ",") {
		parts := strings.Split(item, "-")
		if len(parts) > 2 {
			return nil, failure("Unable to parse \"" + argparse.Printable(item) + "\" for xperms.")
		}
		var pair [2]number
		for i := range pair {
			part := parts[min(i, len(parts)-1)]
			n, ok := parseNumber(part, 16)
			if !ok {
				return nil, failure(invalidNumber(part, 16))
			}
			pair[i] = n
		}
		ends = append(ends, pair)
	}
	ranges := make([]XpermRange, 0, len(ends))
	for _, pair := range ends {
		for _, n := range pair {
			if n.value > 0xffff {
				return nil, failure("0x" + n.digits + " is not a valid ioctl.")
			}
		}
		low, high := uint16(pair[0].value), uint16(pair[1].value)
		ranges = append(ranges, XpermRange{Low: min(low, high), High: max(low, high)})
	}
	return ranges, nil
}
