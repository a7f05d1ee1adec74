package say

import (
	"strings"

	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/internal/words"
)

// LoggedChange says in a few words what was changed.
func LoggedChange(c *incident.Change) string {
	switch c.Kind {
	case incident.BooleanSet:
		return words.Sprintf("boolean %s set to %s", c.Boolean, OnOff(c.On))
	case incident.PolicyLoaded:
		return "policy loaded"
	case incident.ModeSet:
		if c.On {
			return "set to enforcing"
		}
		return "set to permissive"
	case incident.LocalRecord:
		return localRecordText(c)
	}
	return c.Type
}

// localRecordText describes the record that semanage changed.
func localRecordText(c *incident.Change) string {
	text := "semanage: " + c.Resource + " " + c.Op
	if c.Port != "" {
		text += " " + strings.TrimPrefix(c.Protocol+"/", "/") + c.Port
	}
	if c.Label != "" {
		text += " " + c.Label
	}
	if c.Failed {
		text += ", which failed"
	}
	return text
}
