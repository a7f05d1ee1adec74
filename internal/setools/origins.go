package setools

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// finder compiles the modules of the policy. It returns nil if the command line does not ask for statements.
func (s *searcher) finder() (*provenance.Finder, error) {
	choice := provenance.Choice{Store: s.a.Modules, Dir: s.a.ModulesFrom}
	find, err := choice.Open(s.a.Policy == "", s.p.MLS())
	if errors.Is(err, provenance.ErrUnknown) {
		err = fmt.Errorf("%w; --modules-from DIR names their directory", err)
	}
	return find, err
}

// query asks for the statements of a rule.
func (t *ruleTable) query(r ruleParts) provenance.Query {
	v := &t.tails.all[t.ends.ids[r.tail]]
	q := provenance.Query{
		Kind: ruleKind(uint8(r.kind)), Source: t.sources.names[r.source],
		Target: t.targets.names[r.target], Class: t.p.ClassName(v.class), FileName: v.fileName,
	}
	if v.xperms >= 0 {
		q.XPerms = &t.tails.xperms[v.xperms]
	}
	if q.Kind&policy.AccessRules != 0 {
		q.Perms = t.perms.list(v.class, v.perms)
	}
	if id := t.conds.ids[r.cond]; id != 0 {
		q.Cond, q.Branch = t.p.CondText(policy.CondID(id/2)), id&1 != 0
	}
	return q
}

// ruleKind returns the rule kind for the index in a row.
func ruleKind(index uint8) policy.RuleKind {
	return [...]policy.RuleKind{
		policy.Allow, policy.AllowXPerm, policy.AuditAllow, policy.AuditAllowXPerm, policy.DontAudit,
		policy.DontAuditXPerm, policy.TypeChange, policy.TypeMember, policy.TypeTransition,
	}[index]
}

// writeOrigins writes each rule, followed by the statements that it comes from.
func (t *ruleTable) writeOrigins(w *lineWriter, modules *provenance.Finder) {
	for i := range t.len() {
		r := t.at(i)
		w.buf = append(t.appendLine(w.buf, r), "   "...)
		found := modules.Find(t.query(r))
		if len(found) == 0 {
			w.buf = append(w.buf, "in no module"...)
		}
		for n := range found {
			if n > 0 {
				w.buf = append(w.buf, "; "...)
			}
			w.buf = append(w.buf, words.Safe(found[n].String())...)
		}
		w.buf = append(w.buf, '\n')
		w.done()
	}
}

func searchOrigins(found []provenance.Statement) []SearchOrigin {
	list := make([]SearchOrigin, len(found))
	for i := range found {
		s := &found[i]
		list[i] = SearchOrigin{
			Module: s.Module, Priority: s.Priority, Line: s.Pos.Line, Column: s.Pos.Column, Text: s.Text,
			Source: s.Origin.Source, Path: s.Path,
		}
	}
	return list
}

func (o *SearchOrigin) appendJSON(b []byte) []byte {
	b = appendJSONString(append(b, `{"module":`...), o.Module)
	if o.Priority != 0 {
		b = strconv.AppendInt(append(b, `,"priority":`...), int64(o.Priority), 10)
	}
	b = strconv.AppendInt(append(b, `,"line":`...), int64(o.Line), 10)
	b = strconv.AppendInt(append(b, `,"column":`...), int64(o.Column), 10)
	b = appendJSONString(append(b, `,"text":`...), strings.ToValidUTF8(o.Text, "\uFFFD"))
	if o.Source != "" {
		b = appendJSONString(append(b, `,"source":`...), o.Source)
	}
	for i, at := range o.Path {
		if i == 0 {
			b = append(b, `,"path":[`...)
		} else {
			b = append(b, ',')
		}
		b = appendJSONString(b, at)
	}
	if len(o.Path) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}
