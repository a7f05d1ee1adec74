package setools

import (
	"bufio"
	"math/bits"
	"strconv"

	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// summary holds the numbers that seinfo prints where no component is asked for. Everything is counted in one pass
// over the decoded policy; nothing is indexed or sorted.
type summary struct {
	classes, perms, sensitivities, categories, types, attributes, users, roles, bools, conds int
	allow, auditAllow, dontAudit, typeTransition, typeChange, typeMember                     int
	allowXPerm, auditAllowXPerm, dontAuditXPerm                                              int
	rangeTransition, roleAllow, roleTransition                                               int
	constrain, validatetrans, mlsConstrain, mlsValidatetrans                                 int
	permissive, polcaps, defaults, typebounds                                                int
	initialSIDs, genfs                                                                       int
	// the other labels, by their lengths
	labels *policydb.OContexts
}

func summarize(db *policydb.Policy) summary {
	s := summary{
		classes: len(db.Classes.Items), users: len(db.Users.Items), roles: len(db.Roles.Items),
		bools: len(db.Bools.Items), conds: len(db.Conditionals), polcaps: db.PolicyCaps.Count(),
		rangeTransition: len(db.RangeTrans), roleAllow: len(db.RoleAllows), roleTransition: len(db.RoleTransitions),
		initialSIDs: len(db.OContexts.InitialSIDs), labels: &db.OContexts,
	}
	for i := range db.Commons.Items {
		s.perms += len(db.Commons.Items[i].Perms)
	}
	for i := range db.Classes.Items {
		s.class(&db.Classes.Items[i])
	}
	for i := range db.Sensitivities.Items {
		if db.Sensitivities.Items[i].IsAlias == 0 {
			s.sensitivities++
		}
	}
	for i := range db.Categories.Items {
		if db.Categories.Items[i].IsAlias == 0 {
			s.categories++
		}
	}
	for i := range db.GenFS {
		s.genfs += len(db.GenFS[i].Entries)
	}
	s.symbols(db)
	s.rules(&db.AVTab)
	for i := range db.Conditionals {
		s.rules(&db.Conditionals[i].True)
		s.rules(&db.Conditionals[i].False)
	}
	s.typeTransition += db.FilenameTrans.Rules()
	return s
}

func (s *summary) class(c *policydb.Class) {
	s.perms += len(c.Perms)
	for _, value := range [...]uint32{c.DefaultUser, c.DefaultRole, c.DefaultType, c.DefaultRange} {
		if value != 0 {
			s.defaults++
		}
	}
	for i := range c.Constraints {
		if comparesLevels(c.Constraints[i].Expr) {
			s.mlsConstrain++
		} else {
			s.constrain++
		}
	}
	for i := range c.ValidateTrans {
		if comparesLevels(c.ValidateTrans[i].Expr) {
			s.mlsValidatetrans++
		} else {
			s.validatetrans++
		}
	}
}

// symbols counts types and attributes. In policies of versions 20 to 23 attributes have no symbol: they are all
// values that no type has. 4.4.1 cannot open those files.
func (s *summary) symbols(db *policydb.Policy) {
	for i := range db.Types.Items {
		t := &db.Types.Items[i]
		switch {
		case t.IsAttribute():
			s.attributes++
			continue
		case !t.IsAlias():
			s.types++
			if !db.Permissive.IsEmpty() && db.Permissive.Has(t.Value) {
				s.permissive++
			}
		}
		if t.Bounds != 0 {
			s.typebounds++
		}
	}
	if db.Version < 24 && len(db.TypeAttrMap) > 0 {
		s.attributes = int(db.Types.NPrim) - s.types
	}
}

func (s *summary) rules(t *policydb.AVTab) {
	var count [16]int // by the bit number of the kind
	size := uint32(0)
	for off := uint32(0); off < t.Size(); off += size {
		key := t.Key(off)
		size = key.Size()
		count[kindBit(key.Kind())]++
	}
	s.allow += count[kindBit(policydb.AVAllowed)]
	s.auditAllow += count[kindBit(policydb.AVAuditAllow)]
	s.dontAudit += count[kindBit(policydb.AVAuditDeny)]
	s.typeTransition += count[kindBit(policydb.AVTransition)]
	s.typeMember += count[kindBit(policydb.AVMember)]
	s.typeChange += count[kindBit(policydb.AVChange)]
	s.allowXPerm += count[kindBit(policydb.AVXPermsAllowed)]
	s.auditAllowXPerm += count[kindBit(policydb.AVXPermsAuditAllow)]
	s.dontAuditXPerm += count[kindBit(policydb.AVXPermsDontAudit)]
}

func (s *summary) write(w *bufio.Writer, db *policydb.Policy, path string) {
	mls := "disabled"
	if db.MLS() {
		mls = "enabled"
	}
	for _, line := range [...][2]string{
		{"Statistics for policy file: ", path},
		{"Policy Version:             ", itoa(uint64(db.Version)) + " (MLS " + mls + ")"},
		{"Target Policy:              ", db.Target.String()},
		{"Handle unknown classes:     ", db.HandleUnknown().String()},
	} {
		w.WriteString(line[0])
		w.WriteString(line[1])
		w.WriteByte('\n')
	}
	for _, row := range s.rows(db.Target) {
		writeCount(w, "  ", row[0])
		writeCount(w, "    ", row[1])
		w.WriteByte('\n')
	}
}

// namedCount is a number of the summary with its label.
type namedCount struct {
	label string
	n     int
}

// writeCount pads the label to 17 columns, and the number to seven more.
func writeCount(w *bufio.Writer, indent string, c namedCount) {
	w.WriteString(indent)
	w.WriteString(c.label)
	number := strconv.Itoa(c.n)
	for range max(0, 17-len(c.label)) + max(0, 7-len(number)) {
		w.WriteByte(' ')
	}
	w.WriteString(number)
}

func (s *summary) rows(target policydb.Target) [][2]namedCount {
	// A binary policy holds no neverallow.
	rows := [][2]namedCount{
		{{"Classes:", s.classes}, {"Permissions:", s.perms}},
		{{"Sensitivities:", s.sensitivities}, {"Categories:", s.categories}},
		{{"Types:", s.types}, {"Attributes:", s.attributes}},
		{{"Users:", s.users}, {"Roles:", s.roles}},
		{{"Booleans:", s.bools}, {"Cond. Expr.:", s.conds}},
		{{"Allow:", s.allow}, {"Neverallow:", 0}},
		{{"Auditallow:", s.auditAllow}, {"Dontaudit:", s.dontAudit}},
		{{"Type_trans:", s.typeTransition}, {"Type_change:", s.typeChange}},
		{{"Type_member:", s.typeMember}, {"Range_trans:", s.rangeTransition}},
		{{"Role allow:", s.roleAllow}, {"Role_trans:", s.roleTransition}},
		{{"Constraints:", s.constrain}, {"Validatetrans:", s.validatetrans}},
		{{"MLS Constrain:", s.mlsConstrain}, {"MLS Val. Tran:", s.mlsValidatetrans}},
		{{"Permissives:", s.permissive}, {"Polcap:", s.polcaps}},
		{{"Defaults:", s.defaults}, {"Typebounds:", s.typebounds}},
	}
	l := s.labels
	if target == policydb.TargetXen {
		return append(rows,
			[2]namedCount{{"Initial SIDs:", s.initialSIDs}, {"Devicetreecon:", len(l.DeviceTrees)}},
			[2]namedCount{{"Iomemcon:", len(l.IOMems)}, {"Ioportcon:", len(l.IOPorts)}},
			[2]namedCount{{"Pcidevicecon:", len(l.PCIDevices)}, {"Pirqcon:", len(l.PIRQs)}})
	}
	return append(rows,
		[2]namedCount{{"Allowxperm:", s.allowXPerm}, {"Neverallowxperm:", 0}},
		[2]namedCount{{"Auditallowxperm:", s.auditAllowXPerm}, {"Dontauditxperm:", s.dontAuditXPerm}},
		[2]namedCount{{"Ibendportcon:", len(l.IBEndPorts)}, {"Ibpkeycon:", len(l.IBPKeys)}},
		[2]namedCount{{"Initial SIDs:", s.initialSIDs}, {"Fs_use:", len(l.FSUses)}},
		[2]namedCount{{"Genfscon:", s.genfs}, {"Portcon:", len(l.Ports)}},
		[2]namedCount{{"Netifcon:", len(l.Netifs)}, {"Nodecon:", len(l.Nodes) + len(l.Nodes6)}})
}

// kindBit returns the number of the bit of a rule's kind.
func kindBit(k policydb.AVKind) int { return bits.TrailingZeros16(uint16(k&^policydb.AVEnabled)) & 15 }

func comparesLevels(expr []policydb.ConstraintNode) bool {
	for i := range expr {
		if query.IsMLSNode(&expr[i]) {
			return true
		}
	}
	return false
}
