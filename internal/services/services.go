// Package services reads the table of services, /etc/services.
//
// Start here: [Each].
package services

import (
	"iter"
	"strconv"
	"strings"
)

// File is where systems have the table.
const File = "/etc/services"

// A Service is one name of a port.
type Service struct {
	Name, Protocol string
	Port           uint16
}

// Each yields the services of a table in their order, each of their aliases too. It skips invalid
// lines.
func Each(text string) iter.Seq[Service] {
	return func(yield func(Service) bool) {
		for line := range strings.Lines(text) {
			line, _, _ = strings.Cut(line, "#")
			fields := strings.Fields(line)
			if len(fields) < 2 {
				continue
			}
			number, protocol, _ := strings.Cut(fields[1], "/")
			port, err := strconv.ParseUint(number, 10, 16)
			if err != nil {
				continue
			}
			for i, name := range fields {
				if i != 1 && !yield(Service{name, protocol, uint16(port)}) {
					return
				}
			}
		}
	}
}
