package explain

import (
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policy"
)

// fill adds the facts of the policy and the host about the word. known is false if
// neither a page nor the policy has it.
func (v *View) fill(a *Answer, pages []page) (known bool, err error) {
	word := a.Topic
	for _, p := range pages {
		if err := v.fillFrom(a, word, &p); err != nil {
			return true, err
		}
	}
	if len(pages) > 0 {
		return true, nil
	}
	if class, perm, ok := strings.Cut(word, ":"); ok {
		return v.fillClassPerm(a, class, perm), nil
	}
	if class, ok := v.p.Class(word); ok {
		v.fillClass(a, class)
		return true, nil
	}
	if b, ok := v.p.Bool(word); ok {
		a.Kind, a.Title = KindBoolean, "a boolean of the policy"
		a.Live.Boolean = v.booleanFacts(b)
		return true, nil
	}
	if id, ok := v.p.TypeOrAttribute(word); ok {
		return true, v.fillType(a, id)
	}
	if grants := v.grantsOf(word, func(string) bool { return true }); len(grants) > 0 {
		a.Kind, a.Title = KindPermission, "a permission that senet has no page about"
		a.Text = noPage
		a.Live.Grants = grants
		return true, nil
	}
	return v.fillName(a)
}

// fillFrom adds the facts for one page.
func (v *View) fillFrom(a *Answer, word string, p *page) error {
	switch p.kind {
	case KindTopic:
		switch {
		case word == "layers":
			a.Live.Layers = v.Layers()
			fallthrough
		case slices.Contains(p.names, "dead"):
			n := v.deadRules()
			a.Live.DeadRules = &n
		}
	case KindLayer:
		a.Live.Layers = slices.DeleteFunc(v.Layers(), func(l LayerRow) bool { return string(l.Layer) != p.names[0] })
		if class, ok := v.p.Class(p.names[0]); ok && !slices.Contains([]string{"socket", "capability"}, p.names[0]) {
			a.Live.Permissions = v.classPerms(class)
		}
	case KindPermission:
		v.fillPermission(a, word, p)
	case KindType, KindAttribute:
		id, ok := v.p.TypeOrAttribute(word)
		if !ok {
			a.Text = appendBlocks(a.Text, "This policy does not have it.")
			return nil
		}
		facts, err := v.typeFacts(id)
		if a.Live.Type = facts; err == nil && facts.Portcons > 0 {
			a.Kind = KindPortType
		}
		return err
	case KindPolicyCap:
		on := slices.ContainsFunc(slices.Collect(v.p.PolicyCaps()),
			func(c policy.PolicyCap) bool { return c.String() == p.names[0] })
		a.Live.Enabled = &on
	}
	return nil
}

// fillPermission adds the checks that ask for a permission and the rules that
// grant it. word is PERMISSION or CLASS:PERMISSION.
func (v *View) fillPermission(a *Answer, word string, p *page) {
	class, perm, ok := strings.Cut(word, ":")
	if !ok {
		class, perm = "", word
	}
	if p.state == "" {
		for _, c := range v.checksOf(perm, class) {
			if v.checkIsAbout(c, p) {
				a.Live.Checks = append(a.Live.Checks, c)
			}
		}
	}
	if class == "" && p.state == stateNever {
		return
	}
	if a.Live.Grants == nil {
		a.Live.Grants = []Grant{}
	}
	a.Live.Grants = append(a.Live.Grants, v.grantsOf(perm, func(name string) bool {
		if class != "" {
			return name == class
		}
		return v.firstAbout(name, perm) == p.title
	})...)
}

// firstAbout returns the title of the first page about a permission of a class.
func (v *View) firstAbout(class, perm string) string {
	b := Book{v.pages}
	if list := b.findPerm(class, perm); len(list) > 0 {
		return list[0].title
	}
	return ""
}

// checkIsAbout reports whether a check asks for the permission of the page, and not for
// one with the same name in other classes.
func (v *View) checkIsAbout(c Check, p *page) bool {
	if c.Class != "" {
		return p.about(c.Class)
	}
	return slices.ContainsFunc(p.of, func(of string) bool { return of == "*_socket" || isSocketClass(of) })
}

func (v *View) fillClassPerm(a *Answer, class, perm string) bool {
	id, ok := v.p.Class(class)
	if !ok {
		return false
	}
	bit, ok := v.p.Perm(id, perm)
	if !ok {
		return false
	}
	a.Kind, a.Title = KindPermission, "a permission that senet has no page about"
	a.Text = noPage
	a.Live.Grants = []Grant{v.grant(id, bit)}
	return true
}

func (v *View) fillClass(a *Answer, class policy.ClassID) {
	name := v.p.ClassName(class)
	a.Kind = KindClass
	a.Live.Permissions = v.classPerms(class)
	if !isNetworkClass(name) {
		a.Title = "a class of the policy, outside of the network"
		a.Text = "senet knows the checks of network classes only; for this class it counts rules."
		return
	}
	a.Live.Sockets = v.socketsOf(name)
	a.Title = "a class of the network"
	if isSocketClass(name) {
		a.Title = "a class of sockets"
		if len(a.Live.Sockets) == 0 {
			a.Text = "None of the kinds of sockets that senet judges has this class under the policy."
		}
	}
	a.See = append(a.See, "layers")
}

func (v *View) fillType(a *Answer, id policy.TypeID) error {
	facts, err := v.typeFacts(id)
	if err != nil {
		return err
	}
	a.Live.Type = facts
	domain, err := v.domainFacts(id)
	if err != nil {
		return err
	}
	a.Live.Domain = domain
	switch {
	case facts.Attribute:
		a.Kind, a.Title = KindAttribute, "an attribute: a name for a set of types"
	case domain != nil:
		a.Kind, a.Title = KindDomain, "a type that processes run as"
	case facts.Portcons > 0:
		a.Kind, a.Title = KindPortType, "a type of ports"
		a.See = append(a.See, "port", "name_connect", "name_bind")
	default:
		a.Kind, a.Title = KindType, "a type"
	}
	if facts.Name != a.Topic {
		a.Title += ", an alias of " + facts.Name
	}
	return nil
}

const noPage = "No check of the network that senet knows asks for it."
