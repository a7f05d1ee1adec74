package setools

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/query"
)

// SearchSchema is the value of "schema" in the JSON of a search. Under this name fields may be added; none changes
// or disappears.
const SearchSchema = "senet.search/1"

// SearchResult is the document of `senet search --json`. The rules have the order of the lines without --json.
type SearchResult struct {
	Schema string       `json:"schema"` // SearchSchema
	Policy string       `json:"policy"` // the path of the policy's file
	Rules  []SearchRule `json:"rules"`
}

// SearchRule is one rule. Names are those of the policy, and attributes are not expanded. A rule that the policy
// has several times appears several times.
type SearchRule struct {
	// Kind is the keyword of the rule. For an allow rule between roles it is role_allow.
	Kind   string `json:"kind"`
	Source string `json:"source"` // a type or attribute; a role in role_allow and role_transition
	Target string `json:"target"` // a type or attribute; a role in role_allow
	Class  string `json:"class,omitempty"`
	// Perms are the permissions of allow, auditallow and dontaudit, sorted.
	Perms []string `json:"perms,omitempty"`
	// Default is the type of type_transition, type_change and type_member, the role of role_transition, or the range of
	// range_transition as in a context ("s0-s0:c0.c1023").
	Default string `json:"default,omitempty"`
	// FileName is the name of the new object that a named type_transition is for.
	FileName string `json:"filename,omitempty"`
	// XPerms are the extended permissions of allowxperm, auditallowxperm and dontauditxperm.
	XPerms *SearchXPerms `json:"xperms,omitempty"`
	// Conditional is the conditional that the rule stands in, if it does.
	Conditional *SearchConditional `json:"conditional,omitempty"`
	// From is set with --modules: the statements that a type enforcement rule comes from. It is empty where the
	// modules do not have the rule.
	From []SearchOrigin `json:"from,omitempty"`
}

// SearchOrigin is a statement of a module.
type SearchOrigin struct {
	Module   string   `json:"module"`
	Priority int      `json:"priority,omitempty"` // in the store
	Line     int      `json:"line"`               // in the module's CIL
	Column   int      `json:"column"`
	Text     string   `json:"text"`             // the statement
	Source   string   `json:"source,omitempty"` // the source of the CIL: file:line
	Path     []string `json:"path,omitempty"`   // the blocks around the statement, innermost first
}

// SearchXPerms is a set of extended permissions.
type SearchXPerms struct {
	Kind   string        `json:"kind"`   // ioctl or nlmsg
	Ranges []SearchRange `json:"ranges"` // ascending, neighbours joined
}

// SearchRange is a range of numbers, both ends inclusive.
type SearchRange struct {
	Low  uint16 `json:"low"`
	High uint16 `json:"high"`
}

// SearchConditional is the place of a rule in a conditional.
type SearchConditional struct {
	Expr string `json:"expr"` // of the booleans, in infix order; ! over == != over && over ^ over ||
	// whether the rule holds if the expression is true (if false, it is in the else branch)
	Branch bool `json:"branch"`
	// Enabled is whether the rule holds under the values that the booleans have in the policy's file.
	Enabled bool `json:"enabled"`
}

// jsonRules writes rules as JSON, one after the other, without keeping them in memory.
type jsonRules struct {
	w *lineWriter
	n int
}

func (j *jsonRules) begin(path string) {
	b := append(j.w.buf, `{"schema":`...)
	b = appendJSONString(b, SearchSchema)
	b = appendJSONString(append(b, `,"policy":`...), path)
	j.w.buf = append(b, `,"rules":[`...)
}

func (j *jsonRules) rule(r *SearchRule) {
	if j.n > 0 {
		j.w.buf = append(j.w.buf, ',')
	}
	j.n++
	j.w.buf = r.appendJSON(append(j.w.buf, '\n'))
	j.w.done()
}

func (j *jsonRules) end() { j.w.line("\n]}") }

func (r *SearchRule) appendJSON(b []byte) []byte {
	b = appendJSONString(append(b, `{"kind":`...), r.Kind)
	b = appendJSONString(append(b, `,"source":`...), r.Source)
	b = appendJSONString(append(b, `,"target":`...), r.Target)
	if r.Class != "" {
		b = appendJSONString(append(b, `,"class":`...), r.Class)
	}
	for i, perm := range r.Perms {
		if i == 0 {
			b = append(b, `,"perms":[`...)
		} else {
			b = append(b, ',')
		}
		b = appendJSONString(b, perm)
	}
	if len(r.Perms) > 0 {
		b = append(b, ']')
	}
	if r.Default != "" {
		b = appendJSONString(append(b, `,"default":`...), r.Default)
	}
	if r.FileName != "" {
		b = appendJSONString(append(b, `,"filename":`...), r.FileName)
	}
	if r.XPerms != nil {
		b = appendJSONString(append(b, `,"xperms":{"kind":`...), r.XPerms.Kind)
		b = append(b, `,"ranges":[`...)
		for i, x := range r.XPerms.Ranges {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendUint(append(b, `{"low":`...), uint64(x.Low), 10)
			b = append(strconv.AppendUint(append(b, `,"high":`...), uint64(x.High), 10), '}')
		}
		b = append(b, "]}"...)
	}
	if c := r.Conditional; c != nil {
		b = appendJSONString(append(b, `,"conditional":{"expr":`...), c.Expr)
		b = strconv.AppendBool(append(b, `,"branch":`...), c.Branch)
		b = append(strconv.AppendBool(append(b, `,"enabled":`...), c.Enabled), '}')
	}
	for i := range r.From {
		b = append(b, ","[:min(i, 1)]...)
		if i == 0 {
			b = append(b, `,"from":[`...)
		}
		b = r.From[i].appendJSON(b)
	}
	if len(r.From) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendJSONString quotes a string. Bytes that are not UTF-8 become U+FFFD, as in encoding/json.
func appendJSONString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ' || c == 0x7f:
			b = append(b, `\u00`...)
			b = append(b, hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size
			continue
		}
		i++
	}
	return append(b, '"')
}

func (s *searcher) runJSON() error {
	j := &jsonRules{w: s.out}
	var te *ruleTable
	var rbac []rendered[query.RBACRule]
	var mls []rendered[query.MLSRule]
	var err error
	// Run all searches before any output: an incomplete document is useless.
	if s.a.Kinds.Has(TERules) {
		if te, err = s.teRules(); err != nil {
			return err
		}
	}
	if s.a.Kinds.Has(RBACRules) {
		if rbac, err = s.rbacRules(); err != nil {
			return err
		}
	}
	if s.a.Kinds.Has(MLSRules) {
		if mls, err = s.mlsRules(); err != nil {
			return err
		}
	}
	j.begin(s.path)
	if te != nil {
		te.writeJSON(j, s.modules)
	}
	for _, r := range rbac {
		j.rule(rbacJSON(s.p, &r.rule))
	}
	for _, r := range mls {
		j.rule(&SearchRule{
			Kind: "range_transition", Source: s.p.TypeName(r.rule.Source), Target: s.p.TypeName(r.rule.Target),
			Class: s.p.ClassName(r.rule.Class), Default: s.p.FormatRange(r.rule.Range),
		})
	}
	j.end()
	return nil
}

func rbacJSON(p *policy.Policy, r *query.RBACRule) *SearchRule {
	if r.Kind == query.RoleAllow {
		return &SearchRule{Kind: "role_allow", Source: p.RoleName(r.Source), Target: p.RoleName(r.TargetRole)}
	}
	return &SearchRule{
		Kind: "role_transition", Source: p.RoleName(r.Source), Target: p.TypeName(r.TargetType),
		Class: p.ClassName(r.Class), Default: p.RoleName(r.Default),
	}
}

func (t *ruleTable) writeJSON(j *jsonRules, modules *provenance.Finder) {
	kinds := ruleKindNames()
	perms := make([][]string, len(t.ends.ids))
	conds := make([]*SearchConditional, len(t.conds.ids))
	for i, id := range t.conds.ids {
		if id != 0 {
			cond, branch := policy.CondID(id/2), id&1 != 0
			conds[i] = &SearchConditional{Expr: condText(t.p, cond), Branch: branch,
				Enabled: t.p.BranchEnabled(cond, branch)}
		}
	}
	for i := range t.len() {
		parts := t.at(i)
		v := &t.tails.all[t.ends.ids[parts.tail]]
		r := SearchRule{
			Kind: kinds[parts.kind], Source: t.sources.names[parts.source], Target: t.targets.names[parts.target],
			Class: t.p.ClassName(v.class), FileName: v.fileName, Conditional: conds[parts.cond],
		}
		switch {
		case v.xperms >= 0:
			x := &t.tails.xperms[v.xperms]
			r.XPerms = &SearchXPerms{Kind: xpermKind(x), Ranges: []SearchRange{}}
			for _, span := range xpermRanges(x) {
				r.XPerms.Ranges = append(r.XPerms.Ranges, SearchRange(span))
			}
		case v.dflt != 0:
			r.Default = t.p.TypeName(v.dflt)
		default:
			if perms[parts.tail] == nil {
				perms[parts.tail] = t.perms.list(v.class, v.perms)
			}
			r.Perms = perms[parts.tail]
		}
		if modules != nil {
			r.From = searchOrigins(modules.Find(t.query(parts)))
		}
		j.rule(&r)
	}
}

// list returns the permissions of an access vector, sorted.
func (n *permNames) list(class policy.ClassID, av policy.AccessVector) []string {
	names := n.p.Perms(class)
	list := make([]string, 0, permCount(av))
	for _, bit := range n.order(class) {
		if av>>bit&1 != 0 {
			list = append(list, names[bit])
		}
	}
	return slices.Clip(list)
}
