package cli

import (
	"io"
	"os"
)

// readInput reads a file, or standard input for "-" and "".
func readInput(name string, stdin io.Reader) ([]byte, error) {
	var text []byte
	var err error
	if name == "" || name == "-" {
		text, err = io.ReadAll(stdin)
	} else {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, unreadable(err, "")
	}
	return text, nil
}

func inputName(name string) string {
	if name == "" || name == "-" {
		return "standard input"
	}
	return name
}
