package cli

import (
	"io"

	"github.com/senet-selinux/senet/internal/words"
)

func writeJSON(w io.Writer, v any) error { return words.WriteJSON(w, v, "  ") }
