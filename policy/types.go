package policy

import (
	"fmt"
	"iter"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// MaxType returns the largest value of a type or attribute.
func (t *tables) MaxType() TypeID { return TypeID(t.db.Types.NPrim) }

// TypeOrAttribute returns the type, attribute or alias with that name; an alias gives its type.
func (t *tables) TypeOrAttribute(name string) (TypeID, bool) {
	if typ := t.names.find(t.db.Types.Items, name); typ != nil {
		return TypeID(typ.Value), true
	}
	return t.namelessAttribute(name)
}

// Type returns the type or alias of that name, and false for an attribute.
func (t *tables) Type(name string) (TypeID, bool) {
	id, ok := t.TypeOrAttribute(name)
	if !ok || t.IsAttribute(id) {
		return 0, false
	}
	return id, true
}

// Attribute returns the attribute of that name.
func (t *tables) Attribute(name string) (TypeID, bool) {
	id, ok := t.TypeOrAttribute(name)
	if !ok || !t.IsAttribute(id) {
		return 0, false
	}
	return id, true
}

// TypeName returns the name of a type or attribute. Attributes of policies before version 24 have
// no name in the file; libsepol names them @ttr and their number, and this function does the same
// for every value without a symbol.
func (t *tables) TypeName(id TypeID) string {
	if typ := item(t.db.Types.Items, t.types, id); typ != nil {
		return typ.Name
	}
	return fmt.Sprintf(namelessFormat, id)
}

// TypeNames returns the names of the types in a set, by ascending id. It skips attributes.
func (t *tables) TypeNames(set Set[TypeID]) []string {
	var names []string
	for id := range set.All() {
		if !t.IsAttribute(id) {
			names = append(names, t.TypeName(id))
		}
	}
	return names
}

const (
	namelessPrefix = "@ttr"
	namelessFormat = namelessPrefix + "%010d"
)

func (t *tables) namelessAttribute(name string) (TypeID, bool) {
	var id TypeID
	if !strings.HasPrefix(name, namelessPrefix) {
		return 0, false
	}
	if n, err := fmt.Sscanf(name, namelessFormat, &id); n != 1 || err != nil ||
		fmt.Sprintf(namelessFormat, id) != name {
		return 0, false
	}
	if id == 0 || id > t.MaxType() || t.types[id] >= 0 {
		return 0, false
	}
	return id, true
}

// IsAttribute reports whether id is an attribute rather than a type.
func (t *tables) IsAttribute(id TypeID) bool {
	typ := item(t.db.Types.Items, t.types, id)
	return typ == nil || typ.IsAttribute()
}

// Types yields the types, without attributes and aliases, by ascending value.
func (t *tables) Types() iter.Seq[TypeID] { return t.typeSymbols(false) }

// AllAttributes yields the attributes by ascending value.
func (t *tables) AllAttributes() iter.Seq[TypeID] { return t.typeSymbols(true) }

func (t *tables) typeSymbols(attributes bool) iter.Seq[TypeID] {
	return func(yield func(TypeID) bool) {
		for id := TypeID(1); id <= t.MaxType(); id++ {
			typ := item(t.db.Types.Items, t.types, id)
			if typ == nil && (!attributes || !t.nameless()) {
				continue
			}
			if (typ == nil || typ.IsAttribute()) == attributes && !yield(id) {
				return
			}
		}
	}
}

// nameless reports whether a value without a symbol is an attribute without a name, as in versions
// 20 to 23, and not an unused value.
func (t *tables) nameless() bool { return t.db.Version < 24 && len(t.db.TypeAttrMap) > 0 }

// Aliases yields the aliases of a type, in the file's order.
func (t *tables) Aliases(id TypeID) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range t.db.Types.Items {
			typ := &t.db.Types.Items[i]
			if TypeID(typ.Value) == id && typ.IsAlias() && !yield(typ.Name) {
				return
			}
		}
	}
}

// Bounds returns the bounding type of id, 0 if there is none.
func (t *tables) Bounds(id TypeID) TypeID {
	if typ := item(t.db.Types.Items, t.types, id); typ != nil {
		return TypeID(typ.Bounds)
	}
	return 0
}

// Attributes returns the ids that a rule may name to apply to the type: its attributes and itself.
// It is the kernel's type_attr_map_array. For an attribute it is only the attribute.
func (t *tables) Attributes(id TypeID) Set[TypeID] {
	s := NewSet(t.MaxType())
	s.Add(id)
	s.addBitmap(t.attrBitmap(id))
	return s
}

// AttributesInto sets a set to the result of [Policy.Attributes]; it uses the set's own memory if
// there is room.
func (t *tables) AttributesInto(set *Set[TypeID], id TypeID) {
	if len(set.words) != int(t.MaxType())/64+1 {
		*set = NewSet(t.MaxType())
	}
	clear(set.words)
	set.Add(id)
	set.addBitmap(t.attrBitmap(id))
}

func (t *tables) attrBitmap(id TypeID) policydb.Bitmap {
	if id == 0 || int(id) > len(t.db.TypeAttrMap) {
		return policydb.Bitmap{}
	}
	return t.db.TypeAttrMap[id-1]
}

// Members returns the members of an attribute, or for a type the type itself.
func (t *tables) Members(id TypeID) Set[TypeID] {
	s := NewSet(t.MaxType())
	t.AddMembers(s, id)
	return s
}

// AddMembers adds the result of [Policy.Members] to a set with room for all types.
func (t *tables) AddMembers(s Set[TypeID], id TypeID) {
	if !t.IsAttribute(id) {
		s.Add(id)
		return
	}
	t.membersOnce.Do(t.buildMembers)
	if id <= t.MaxType() {
		for _, member := range t.members.list[t.members.start[id]:t.members.start[id+1]] {
			s.Add(member)
		}
	}
}

// memberLists holds the members of each attribute, one list after the other.
type memberLists struct {
	start []uint32 // by attribute: where its members begin in list
	list  []TypeID
}

// buildMembers inverts type_attr_map, by counting.
func (t *tables) buildMembers() {
	start := make([]uint32, t.MaxType()+2)
	for _, attr := range t.memberships() {
		start[attr+1]++
	}
	for i := 1; i < len(start); i++ {
		start[i] += start[i-1]
	}
	m := memberLists{start: start, list: make([]TypeID, start[len(start)-1])}
	next := append([]uint32(nil), start...)
	for id, attr := range t.memberships() {
		m.list[next[attr]] = id
		next[attr]++
	}
	t.members = m
}

// memberships yields each type with each of its attributes.
func (t *tables) memberships() iter.Seq2[TypeID, TypeID] {
	return func(yield func(TypeID, TypeID) bool) {
		attribute := NewSet(t.MaxType())
		for id := range t.AllAttributes() {
			attribute.Add(id)
		}
		for i, attrs := range t.db.TypeAttrMap {
			id := TypeID(i + 1)
			if attribute.Has(id) {
				continue // its only bit is its own
			}
			for bit := range attrs.All() {
				if a := TypeID(bit + 1); a != id && attribute.Has(a) && !yield(id, a) {
					return
				}
			}
		}
	}
}

// IsPermissive reports whether denials of the type as a source are only logged.
func (p *Policy) IsPermissive(id TypeID) bool {
	return !p.enforcing && p.db.Permissive.Has(uint32(id))
}

// Enforcing returns the policy as if no type were permissive; p itself if none is.
func (p *Policy) Enforcing() *Policy {
	if p.enforcing || p.db.Permissive.IsEmpty() {
		return p
	}
	next := *p
	next.enforcing = true
	return &next
}

// IsNeverAudit reports whether denials of the type as a source are not logged.
func (t *tables) IsNeverAudit(id TypeID) bool { return t.db.NeverAudit.Has(uint32(id)) }
