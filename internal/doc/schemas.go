package doc

// Schemas is the document of senet schema --json: schema senet.schemas/1.
type Schemas struct {
	Schema string   `json:"schema"`
	Names  []string `json:"names"`
}
