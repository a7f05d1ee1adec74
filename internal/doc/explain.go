package doc

import "github.com/senet-selinux/senet/internal/explain"

// Explain is what senet explain --json prints: schema senet.explain/1.
type Explain struct {
	Schema string `json:"schema"`
	explain.Answer
}

// Topics is what senet explain --json prints without an argument: schema
// senet.explain-topics/1.
type Topics struct {
	Schema string          `json:"schema"`
	Topics []explain.Entry `json:"topics"`
}
