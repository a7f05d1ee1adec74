package setools

import (
	"bufio"
	"encoding/json"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// InfoSchema is the value of "schema" in the JSON of seinfo. Under this name fields may be added; none changes or
// disappears.
const InfoSchema = "senet.info/1"

// InfoDocument is the answer of `seinfo --json`. A field is present if and only if its component was asked for; it
// is an empty array if nothing was found. -x and --flat change nothing. Names within lists are sorted. Contexts,
// levels and ranges are written as the kernel writes them.
type InfoDocument struct {
	Schema string `json:"schema"` // InfoSchema
	Policy string `json:"policy"` // path of the policy
	// Summary is present with --all or where no component was asked for.
	Summary *InfoSummary `json:"summary,omitempty"`

	Bools          []InfoBool         `json:"booleans,omitzero"`
	Categories     []InfoSymbol       `json:"categories,omitzero"` // by value
	Classes        []InfoClass        `json:"classes,omitzero"`
	Commons        []InfoClass        `json:"commons,omitzero"`
	Constraints    []InfoConstraint   `json:"constraints,omitzero"`
	Defaults       []InfoDefault      `json:"defaults,omitzero"`
	FSUses         []InfoFSUse        `json:"fs_use,omitzero"`
	Genfscons      []InfoGenfscon     `json:"genfscon,omitzero"`
	IBEndportcons  []InfoIBEndportcon `json:"ibendportcon,omitzero"`
	IBPkeycons     []InfoIBPkeycon    `json:"ibpkeycon,omitzero"`
	InitialSIDs    []InfoInitialSID   `json:"initial_sids,omitzero"`
	Netifcons      []InfoNetifcon     `json:"netifcon,omitzero"` // in the order they are tried
	Nodecons       []InfoNodecon      `json:"nodecon,omitzero"`  // in the order they are tried, IPv4 first
	Permissive     []InfoType         `json:"permissive,omitzero"`
	PolicyCaps     []string           `json:"policy_capabilities,omitzero"`
	Portcons       []InfoPortcon      `json:"portcon,omitzero"` // in the order they are tried
	Roles          []InfoRole         `json:"roles,omitzero"`
	RoleTypes      []InfoRole         `json:"roles_of_type,omitzero"` // --role_types
	Sensitivities  []InfoSymbol       `json:"sensitivities,omitzero"` // by value
	Typebounds     []InfoBound        `json:"typebounds,omitzero"`
	Types          []InfoType         `json:"types,omitzero"`
	Attributes     []InfoAttribute    `json:"attributes,omitzero"`
	Users          []InfoUser         `json:"users,omitzero"`
	Validatetrans  []InfoConstraint   `json:"validatetrans,omitzero"`
	IOPortcons     []InfoSpan         `json:"ioportcon,omitzero"`
	IOMemcons      []InfoSpan         `json:"iomemcon,omitzero"`
	PCIDevicecons  []InfoNumber       `json:"pcidevicecon,omitzero"`
	PIRQcons       []InfoNumber       `json:"pirqcon,omitzero"`
	DeviceTreecons []InfoDeviceTree   `json:"devicetreecon,omitzero"`
}

// InfoSummary is the summary. Counts has the labels of the text in lower case, with underscores for blanks and dots
// ("classes", "cond_expr", "type_trans").
type InfoSummary struct {
	Version       uint32         `json:"version"`
	MLS           bool           `json:"mls"`
	Target        string         `json:"target"`         // "selinux" or "xen"
	HandleUnknown string         `json:"handle_unknown"` // "allow", "deny" or "reject"
	Counts        map[string]int `json:"counts"`
}

// InfoBool is a boolean.
type InfoBool struct {
	Name    string `json:"name"`
	Default bool   `json:"default"` // its value in the policy file
}

// InfoSymbol is a category or sensitivity.
type InfoSymbol struct {
	Name    string   `json:"name"`
	Aliases []string `json:"aliases,omitempty"`
}

// InfoClass is an object class, or a common. Permissions are its own, without those of its common.
type InfoClass struct {
	Name        string   `json:"name"`
	Common      string   `json:"common,omitempty"`
	Permissions []string `json:"permissions"`
}

// InfoConstraint is a constraint. Expression is as in the text output.
type InfoConstraint struct {
	Kind        string   `json:"kind"` // the statement's keyword
	Class       string   `json:"class"`
	Permissions []string `json:"permissions,omitempty"`
	Expression  string   `json:"expression"`
}

// InfoDefault is a default_* statement.
type InfoDefault struct {
	Kind   string `json:"kind"` // the statement's keyword
	Class  string `json:"class"`
	From   string `json:"from"`             // "source", "target" or "glblub"
	Levels string `json:"levels,omitempty"` // of a default_range: "low", "high" or "low_high"
}

// InfoFSUse is an fs_use_* statement.
type InfoFSUse struct {
	Kind    string `json:"kind"` // the statement's keyword
	FS      string `json:"fs"`
	Context string `json:"context"`
}

// InfoGenfscon is a genfscon statement. Class is absent where the statement is for all classes.
type InfoGenfscon struct {
	FS      string `json:"fs"`
	Path    string `json:"path"`
	Class   string `json:"class,omitempty"`
	Context string `json:"context"`
}

// InfoIBEndportcon is an ibendportcon statement.
type InfoIBEndportcon struct {
	Device  string `json:"device"`
	Port    uint32 `json:"port"`
	Context string `json:"context"`
}

// InfoIBPkeycon is an ibpkeycon statement.
type InfoIBPkeycon struct {
	SubnetPrefix string `json:"subnet_prefix"` // as an IPv6 address
	Low          uint32 `json:"low"`
	High         uint32 `json:"high"`
	Context      string `json:"context"`
}

// InfoInitialSID is the context of an initial SID.
type InfoInitialSID struct {
	Name    string `json:"name"`
	SID     uint32 `json:"sid"`
	Context string `json:"context"`
}

// InfoNetifcon is a netifcon statement. Position counts from 0; the kernel tries lower ones first.
type InfoNetifcon struct {
	Name     string `json:"name"`
	Context  string `json:"context"`
	Packet   string `json:"packet"`
	Position int    `json:"position"`
}

// InfoNodecon is a nodecon statement. Position counts from 0 within the address family; the kernel
// tries lower ones first.
type InfoNodecon struct {
	Address  string `json:"address"`
	Mask     string `json:"mask"`
	Context  string `json:"context"`
	Position int    `json:"position"`
}

// InfoPortcon is a portcon statement. Position counts from 0; the kernel tries lower ones first.
type InfoPortcon struct {
	Protocol string `json:"protocol"`
	Low      uint32 `json:"low"`
	High     uint32 `json:"high"`
	Context  string `json:"context"`
	Position int    `json:"position"`
	// Winner is true if one port was asked for and this statement labels it.
	Winner bool `json:"winner,omitempty"`
}

// InfoRole is a role with the types it may have.
type InfoRole struct {
	Name  string   `json:"name"`
	Types []string `json:"types"`
}

// InfoBound is a typebounds statement.
type InfoBound struct {
	Parent string `json:"parent"`
	Child  string `json:"child"`
}

// InfoType is a type.
type InfoType struct {
	Name       string   `json:"name"`
	Aliases    []string `json:"aliases,omitempty"`
	Attributes []string `json:"attributes,omitempty"`
	Permissive bool     `json:"permissive,omitempty"`
}

// InfoAttribute is a type attribute with its members.
type InfoAttribute struct {
	Name  string   `json:"name"`
	Types []string `json:"types"`
}

// InfoUser is a user, without object_r among the roles. Level and Range are absent without MLS.
type InfoUser struct {
	Name  string   `json:"name"`
	Roles []string `json:"roles"`
	Level string   `json:"level,omitempty"`
	Range string   `json:"range,omitempty"`
}

// InfoSpan is an ioportcon or iomemcon statement.
type InfoSpan struct {
	Low     uint64 `json:"low"`
	High    uint64 `json:"high"`
	Context string `json:"context"`
}

// InfoNumber is a pcidevicecon or pirqcon statement.
type InfoNumber struct {
	Number  uint32 `json:"number"`
	Context string `json:"context"`
}

// InfoDeviceTree is a devicetreecon statement.
type InfoDeviceTree struct {
	Path    string `json:"path"`
	Context string `json:"context"`
}

func (in *inspector) writeJSON(out *bufio.Writer, db *policydb.Policy, path string, blocks []block, summarized bool) {
	doc := InfoDocument{Schema: InfoSchema, Policy: path}
	if summarized {
		s := summarize(db)
		doc.Summary = &InfoSummary{Version: db.Version, MLS: db.MLS(), Target: db.Target.String(),
			HandleUnknown: db.HandleUnknown().String(), Counts: make(map[string]int)}
		for _, row := range s.rows(db.Target) {
			for _, c := range row {
				doc.Summary.Counts[countKey(c.label)] = c.n
			}
		}
	}
	for i := range blocks {
		if blocks[i].fill != nil {
			blocks[i].fill(&doc)
		}
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	_ = enc.Encode(&doc) // the flush reports an error of out
}

// countKey turns a label of the summary into a key.
func countKey(label string) string {
	label = strings.NewReplacer(".:", "", ". ", "_", ".", "_", ":", "", " ", "_").Replace(label)
	return strings.ToLower(strings.TrimSuffix(label, "_"))
}

// sortJSON sorts what SETools sorts by text.
func sortJSON[T any](list []T, key func(*T) string) {
	slices.SortStableFunc(list, func(a, b T) int { return strings.Compare(key(&a), key(&b)) })
}
