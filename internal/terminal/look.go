package terminal

import (
	"fmt"
	"os"
	"strconv"
)

// A Colour says when a verdict has a colour: auto, always or never. It is a value of a flag.
type Colour string

func (c *Colour) String() string { return string(*c) }

// Type names the flag's value in help texts.
func (c *Colour) Type() string { return "string" }

// Set sets the value from the command line.
func (c *Colour) Set(text string) error {
	switch text {
	case "auto", "always", "never":
		*c = Colour(text)
		return nil
	}
	return fmt.Errorf("not auto, always or never")
}

// On reports whether a stream gets colours: with auto, a terminal does, unless NO_COLOR is set or TERM is dumb.
func (c Colour) On(stream any) bool {
	switch c {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && Is(stream)
}

// Width returns the value of COLUMNS, or the width of a terminal in columns; 0 if there is neither.
func Width(stream any) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	return width(stream)
}
