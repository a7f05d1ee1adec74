package doc

// Schemas is what senet schema --json prints: schema senet.schemas/1.
type Schemas struct {
	Schema string   `json:"schema"`
	Names  []string `json:"names"`
}
