package doc

import "github.com/senet-selinux/senet/internal/explain"

// Explain is the document of senet explain --json: schema senet.explain/1.
type Explain struct {
	Schema string `json:"schema"`
	explain.Answer
}

// Topics is the document of senet explain --json without an argument: schema
// senet.explain-topics/1.
type Topics struct {
	Schema string          `json:"schema"`
	Topics []explain.Entry `json:"topics"`
}
