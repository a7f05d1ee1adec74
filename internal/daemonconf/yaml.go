package daemonconf

import (
	"errors"

	"github.com/senet-selinux/senet/internal/yaml"
)

// document reads the YAML file that the line at names. A mistake, or YAML that is not supported, is
// a problem at its line.
func (j *job) document(name string, at Pos, do func(*yaml.Node) error) {
	text, ok := j.read(name, at, false)
	if !ok {
		return
	}
	defer j.done()
	j.yaml(name, text, do)
}

// yaml reads a document of a file.
func (j *job) yaml(name, text string, do func(*yaml.Node) error) {
	doc, _, err := yaml.Parse(text)
	if err == nil && doc != nil {
		err = do(doc)
	}
	var e *yaml.Error
	switch {
	case errors.As(err, &e):
		j.problem(Pos{name, e.Line}, "%s", e.Text)
	case err != nil:
		j.problem(Pos{File: name}, "%s", err)
	}
}
