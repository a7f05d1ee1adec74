// Command man writes senet's manual pages into a directory. They are made from the
// help of its commands and the pages of senet explain; see internal/manpage.
//
//	man DIR VERSION TIME
//
// VERSION is that of the release, TIME the seconds since 1970 that pages are dated by.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/senet-selinux/senet/internal/manpage"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "man:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return errors.New("usage: man DIR VERSION TIME")
	}
	seconds, err := strconv.ParseInt(args[2], 10, 64)
	if err != nil {
		return err
	}
	list, err := pages()
	if err != nil {
		return err
	}
	release := manpage.Release{Version: args[1], Date: time.Unix(seconds, 0)}
	for _, p := range list {
		dir := filepath.Join(args[0], fmt.Sprintf("man%d", p.Section))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, p.File()), []byte(p.Format(release)), 0o644); err != nil {
			return err
		}
	}
	return nil
}
