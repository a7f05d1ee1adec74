package policydiff

import (
	"fmt"
	"strconv"
)

// port reads the number of a port.
func port(text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%q is not a port", text)
	}
	return uint16(n), nil
}
