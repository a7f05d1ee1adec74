package te

import "github.com/senet-selinux/senet/cil"

// An ident is a name with its place.
type ident struct {
	text string
	pos  cil.Pos
}

// A nameSet is a set as written: names, "-" before an excluded one, and a final "~" for a
// complement, or only "*".
type nameSet []ident

// A stmt is one statement.
type stmt interface{}

type (
	attributeStmt struct {
		name ident
		role bool // attribute_role
	}
	expandStmt struct {
		names  nameSet
		expand bool
		pos    cil.Pos
	}
	typeStmt struct {
		name    ident
		aliases nameSet
		attrs   []ident
	}
	typealiasStmt struct {
		name    ident
		aliases nameSet
	}
	// memberStmt puts a type or a role into attributes.
	memberStmt struct {
		name  ident
		attrs []ident
		role  bool
	}
	typeboundsStmt struct {
		parent   ident
		children []ident
	}
	boolStmt struct {
		name           ident
		value, tunable bool
	}
	ruleStmt struct {
		kind             uint32
		sources, targets nameSet
		classes, perms   nameSet
		newType          ident    // of a type rule
		file             string   // of a transition by name
		xperm            ident    // of extended permissions: "ioctl"
		numbers          []number // and their numbers
		pos              cil.Pos
		sourceFile       string
		sourceLine       int
	}
	condStmt struct {
		expr        []condTerm
		then, other []stmt
		pos         cil.Pos
	}
	rangeStmt struct {
		sources, targets, classes nameSet
		hasClasses                bool
		low, high                 level
		hasHigh                   bool
		pos                       cil.Pos
	}
	roleTypesStmt struct {
		name  ident
		types nameSet
	}
	roleStmt struct {
		name  ident
		attrs []ident
	}
	roleTransitionStmt struct {
		roles, types, classes nameSet
		hasClasses            bool
		newRole               ident
		pos                   cil.Pos
	}
	roleAllowStmt struct {
		from, to nameSet
	}
	permissiveStmt struct{ name ident }
	requireStmt    struct{ items []requirement }
	optionalStmt   struct {
		body, other        []stmt
		hasOther           bool
		pos, otherPos, end cil.Pos
	}
	userStmt struct {
		name             ident
		roles            nameSet
		hasLevels        bool
		level, low, high level
		hasHigh          bool
	}
)

// A number is one extended permission: the low end of a range if high is set, or the mark for a
// complement.
type number struct {
	low, high uint16
	other     bool
	pos       cil.Pos
}

// A condTerm is a boolean or an operator of a condition, in postfix order.
type condTerm struct {
	op   uint32
	name ident
}

// A level is a sensitivity and its categories; ranges of categories have a dot.
type level struct {
	sens ident
	cats []ident
}

// A requirement is a class with permissions, or names of one kind.
type requirement struct {
	word  string
	names []ident
	perms nameSet
}
