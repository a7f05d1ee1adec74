package policy

import (
	"sync"
	"sync/atomic"

	"github.com/senet-selinux/senet/policydb"
)

// A Policy answers questions about one policy with one set of values of booleans and labels. See
// the package comment.
type Policy struct {
	*tables
	bools Set[BoolID] // those that are on
	conds []condState // the value of each conditional under bools, by CondID
	// local labels, tried before those of the policy
	ports  []policydb.PortCon
	nodes  []policydb.NodeCon
	nodes6 []policydb.NodeCon6
	netifs []policydb.NetifCon
	// enforcing says that no type counts as permissive.
	enforcing bool
}

// tables holds the parts of a policy that do not change with booleans and labels. All Policies that
// come from one New share it.
type tables struct {
	db *policydb.Policy

	types   []int32 // TypeID -> index in db.Types.Items of its primary symbol, -1 if there is none
	classes []class // by ClassID
	roles   []int32 // RoleID -> index in db.Roles.Items
	users   []int32
	boolIdx []int32
	sens    []int32
	cats    []int32

	process ClassID // the class "process", or Xen's "domain"; 0 if there is none

	rules ruleSpace

	names       nameIndex // of types, attributes and aliases
	membersOnce sync.Once
	members     memberLists
	index       ruleIndex
}

// New indexes a decoded policy. It keeps db, which must not be edited afterwards; edit a clone
// instead.
func New(db *policydb.Policy) *Policy {
	t := &tables{
		db:      db,
		types:   byValue(db.Types, func(t *policydb.Type) (uint32, bool) { return t.Value, !t.IsAlias() }),
		roles:   byValue(db.Roles, func(r *policydb.Role) (uint32, bool) { return r.Value, true }),
		users:   byValue(db.Users, func(u *policydb.User) (uint32, bool) { return u.Value, true }),
		boolIdx: byValue(db.Bools, func(b *policydb.Bool) (uint32, bool) { return b.Value, true }),
		sens: byValue(db.Sensitivities, func(s *policydb.Sensitivity) (uint32, bool) {
			return s.Level.Sens,
				s.IsAlias == 0
		}),
		cats: byValue(db.Categories, func(c *policydb.Category) (uint32, bool) { return c.Value, c.IsAlias == 0 }),
	}
	t.classes = classTable(db)
	t.process = t.processClass()
	t.rules = newRuleSpace(db)
	t.index.classes = make([]atomic.Pointer[[]indexEntry], int(t.MaxClass())+1)
	p := &Policy{tables: t, bools: NewSet(BoolID(db.Bools.NPrim))}
	for i := range db.Bools.Items {
		if b := &db.Bools.Items[i]; b.State != 0 {
			p.bools.Add(BoolID(b.Value))
		}
	}
	p.evaluateConds()
	return p
}

// DB returns the decoded policy this one was made from.
func (t *tables) DB() *policydb.Policy { return t.db }

// MLS reports whether contexts have a range.
func (t *tables) MLS() bool { return t.db.MLS() }

// AllowsUnknown reports whether the kernel grants undefined classes and permissions: the policy's
// handle_unknown is allow.
func (t *tables) AllowsUnknown() bool { return t.db.HandleUnknown() == policydb.UnknownAllow }

// byValue maps the values of a symbol table to items. The first item with a value counts; aliases
// do not.
func byValue[T any](table policydb.Symbols[T], value func(*T) (v uint32, primary bool)) []int32 {
	index := make([]int32, table.NPrim+1)
	for i := range index {
		index[i] = -1
	}
	for i := range table.Items {
		if v, primary := value(&table.Items[i]); primary && index[v] < 0 {
			index[v] = int32(i)
		}
	}
	return index
}

// item returns the item with the value id, nil if there is none.
func item[T any, ID ~uint32](items []T, index []int32, id ID) *T {
	if uint(id) < uint(len(index)) && index[id] >= 0 {
		return &items[index[id]]
	}
	return nil
}

// allIDs yields the values that have an item, ascending.
func allIDs[ID ~uint32](index []int32) func(yield func(ID) bool) {
	return func(yield func(ID) bool) {
		for v, i := range index {
			if i >= 0 && !yield(ID(v)) {
				return
			}
		}
	}
}
