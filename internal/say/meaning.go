package say

import (
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/remedy"
)

// evidence describes the evidence in words, for a subject (the type of the process) and a port as
// it was asked.
func evidence(e *remedy.Evidence, subject, port string) string {
	switch e.Reason {
	case remedy.SameName:
		return words.Sprintf("%s is named like %s", e.Type, subject)
	case remedy.SameWord:
		return words.Sprintf("the names of %s and %s begin alike", e.Type, subject)
	case remedy.NamedByRule:
		return words.Sprintf("the policy gives %s to %s by name", e.Type, subject)
	case remedy.AlikePort:
		return words.Sprintf("%s already has %d, a similar number", e.Type, e.Ports)
	case remedy.OtherService:
		if e.Domain != "" {
			return words.Sprintf("%s belongs to %s: every domain that may use its ports could use this one too",
				e.Type, e.Domain)
		}
		return words.Sprintf("nothing says that %s is for %s: "+
			"every domain that may use its ports could use this one too",
			e.Type, subject)
	case remedy.RegisteredTo:
		text := words.Sprintf("%s is one of %s of %s", port, Plural(e.Ports, "port"), e.Type)
		if e.Ports == 1 {
			text = words.Sprintf("%s is the only port of %s", port, e.Type)
		}
		if e.Domain != "" {
			text += words.Sprintf(", %s's", e.Domain)
		}
		return text
	case remedy.NoService:
		return words.Sprintf("%s labels %s of no single service", e.Type, Plural(e.Ports, "port"))
	case remedy.MadeForOne:
		return words.Sprintf("%s is named like %s", e.Boolean, subject)
	case remedy.MadeForFew:
		if e.Domains == 0 {
			return words.Sprintf("%s gives ports to no domain with another name", e.Boolean)
		}
		return words.Sprintf("%s gives ports to %s with another name", e.Boolean, Plural(e.Domains, "domain"))
	case remedy.MadeForAll:
		return words.Sprintf("%s is general: it gives ports to %s domains with other names",
			e.Boolean, Number(e.Domains))
	case remedy.Narrowest:
		return words.Sprintf("of the booleans that help, %s opens the fewest ports", e.Boolean)
	case remedy.Narrower:
		return words.Sprintf("%s also helps and opens less", e.Fix)
	}
	return string(e.Reason)
}

// upkeep describes what an administrator has to maintain after a fix, "" for a record or a boolean.
func upkeep(u remedy.Upkeep) string {
	if u.Lines == 0 {
		return ""
	}
	text := "a module of " + Plural(u.Lines, "line")
	if u.Copied > 0 {
		text += words.Sprintf(", %s of them copies of rules, which changes of the policy do not reach",
			Number(u.Copied))
	}
	if u.NewType != "" {
		text += "; a type that other machines do not have"
	}
	return text
}

// Evidence describes in a sentence the evidence for the standing of a fix.
func (x *Fixes) Evidence(e *remedy.Evidence) string {
	return evidence(e, x.policy().TypeName(policy.TypeID(x.Question.Subject.Type)), x.Operation.Target)
}

// Description returns the description of the evidence's boolean in the policy's documentation, ""
// if there is none.
func (x *Fixes) Description(e *remedy.Evidence) string {
	if e.Boolean == "" || e.Reason == remedy.Narrowest || x.Describe == nil {
		return ""
	}
	return x.Describe(e.Boolean)
}

// Meaning says why a fix has its rank: its evidence and its upkeep, a sentence each.
func (x *Fixes) Meaning(f *remedy.Fix) []string {
	var list []string
	for i := range f.Evidence {
		e := &f.Evidence[i]
		text := x.Evidence(e)
		if described := x.Description(e); described != "" && e.Reason != remedy.MadeForAll {
			text = words.Sprintf("%s: %s", e.Boolean, described)
		}
		list = append(list, text)
	}
	if len(f.Calls) > 0 {
		list = append(list, strings.Join(f.Calls, ", "))
	}
	if text := upkeep(f.Upkeep); text != "" {
		list = append(list, text)
	}
	return list
}

// Degree says whether a fix works, whether it needs review, and whether it opens the least or needs
// the least upkeep.
func (x *Fixes) Degree(i int) string {
	marks := []string{works(&x.List[i])}
	open, kept := remedy.LeastOpen(x.List), remedy.LeastUpkeep(x.List)
	if open != kept {
		if i == open {
			marks = append(marks, "opens the least")
		}
		if i == kept {
			marks = append(marks, "least upkeep")
		}
	}
	return strings.Join(marks, ", ")
}
