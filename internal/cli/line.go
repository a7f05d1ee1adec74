package cli

import "github.com/senet-selinux/senet/internal/words"

// line writes a wrapped line with its key.
func line(b *words.Page, key, format string, args ...any) {
	b.Printf("%-5s %s\n", key, words.WrapFormat(6, format, args...))
}
