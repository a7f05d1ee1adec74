package doc

// Version is the document of senet version --json: schema senet.version/1.
type Version struct {
	Schema   string       `json:"schema"`
	Version  string       `json:"version"`
	Commit   string       `json:"commit,omitempty"`
	Go       string       `json:"go"`
	Platform string       `json:"platform"`
	Policy   VersionRange `json:"policy_versions"`
	Kernels  []string     `json:"kernel_model"`
}

// A VersionRange is a range of versions, with both ends.
type VersionRange struct {
	Min int `json:"min"`
	Max int `json:"max"`
}
