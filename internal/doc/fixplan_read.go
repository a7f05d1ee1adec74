package doc

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/senet-selinux/senet/internal/words"
)

// maxArgument bounds the arguments of a question.
const maxArgument = 4096

// ParseFixPlan reads a plan and refuses one that senet would not have written. In the question it
// only checks for characters that affect a terminal.
func ParseFixPlan(text []byte) (*FixPlan, error) {
	var p FixPlan
	d := json.NewDecoder(bytes.NewReader(text))
	if err := d.Decode(&p); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is text after it")
	}
	switch {
	case p.Schema != FixPlanSchema:
		return nil, fmt.Errorf("its schema is %.40q, not %s", p.Schema, FixPlanSchema)
	case p.Store == nil:
		return nil, errors.New("it names no policy store")
	}
	for _, arg := range []string{p.Question.Subject, p.Question.Action, p.Question.Target} {
		if len(arg) > maxArgument || words.Safe(arg) != arg {
			return nil, fmt.Errorf("%.40q in the question", arg)
		}
	}
	return &p, nil
}

// Does reports whether a plan has the same fix and commands as another one.
func (p FixPlan) Does(told *FixPlan) bool {
	return sameJSON(p.Fix, told.Fix) && sameJSON(p.Commands, told.Commands)
}

func sameJSON(a, b any) bool {
	x, err := json.Marshal(a)
	y, e := json.Marshal(b)
	return err == nil && e == nil && bytes.Equal(x, y)
}
