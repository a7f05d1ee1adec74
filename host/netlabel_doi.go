package host

import "encoding/binary"

// A CIPSODefinition maps labels to options, for one DOI of CIPSO.
type CIPSODefinition struct {
	DOI uint32 `json:"doi"`
	// Map is pass (levels as they are), trans (levels by a table) or local (whole
	// labels, over the loopback interface only).
	Map string `json:"map"`
	// Tags are the kinds of tags in the order in which they are tried: 1 (bitmap),
	// 2 (enumerated), 5 (ranges) or 128 (local).
	Tags []int `json:"tags,omitempty"`
	// Levels and Categories are the table of trans: local, remote. The numbers are those
	// of the policy minus one.
	Levels     [][2]uint32 `json:"levels,omitempty"`
	Categories [][2]uint32 `json:"categories,omitempty"`
}

// parseDefinition reads the answer to NLBL_CIPSOV4_C_LIST.
func parseDefinition(doi uint32, messages []netlinkMessage, order byteOrder) CIPSODefinition {
	const (
		mapType, tag, tags                      = 2, 3, 4
		levelLocal, levelRemote, level, levels  = 5, 6, 7, 8
		catLocal, catRemote, category, catsList = 9, 10, 11, 12
	)
	d := CIPSODefinition{DOI: doi}
	for _, m := range messages {
		b := genlAttributes(m)
		if n, ok := attributeU32(b, order, mapType); ok {
			switch n {
			case 1:
				d.Map = "trans"
			case 2:
				d.Map = "pass"
			case 3:
				d.Map = "local"
			}
		}
		list, _ := attribute(b, order, tags)
		for t, content := range attributes(list, order) {
			if t == tag && len(content) > 0 {
				d.Tags = append(d.Tags, int(content[0]))
			}
		}
		table := func(of, each, local, remote uint16) (pairs [][2]uint32) {
			list, _ := attribute(b, order, of)
			for t, content := range attributes(list, order) {
				if t == each {
					l, _ := attributeU32(content, order, local)
					r, _ := attributeU32(content, order, remote)
					pairs = append(pairs, [2]uint32{l, r})
				}
			}
			return pairs
		}
		d.Levels = append(d.Levels, table(levels, level, levelLocal, levelRemote)...)
		d.Categories = append(d.Categories, table(catsList, category, catLocal, catRemote)...)
	}
	return d
}

// askDOI asks for one definition of CIPSO.
func (r *reader) askDOI(doi uint32) ([]netlinkMessage, error) {
	order := binary.NativeEndian
	id, err := r.genlFamily("NLBL_CIPSOv4")
	if err != nil {
		return nil, err
	}
	payload := appendAttribute([]byte{doiList, 3, 0, 0}, order, doiADOI, order.AppendUint32(nil, doi))
	return r.netlink(netlinkRequest{protocol: protoGeneric, typ: id, payload: payload})
}

// askDefault asks for the default of the domain map for a family of addresses.
func (r *reader) askDefault(family uint16) ([]netlinkMessage, error) {
	order := binary.NativeEndian
	id, err := r.genlFamily("NLBL_MGMT")
	if err != nil {
		return nil, err
	}
	payload := appendAttribute([]byte{mgmtListDef, 3, 0, 0}, order, mgmtAFamily, order.AppendUint16(nil, family))
	return r.netlink(netlinkRequest{protocol: protoGeneric, typ: id, payload: payload})
}

// parseDefault reads the answer for the default, which names no domain.
func parseDefault(messages []netlinkMessage, order byteOrder, family uint16) []DomainMap {
	list := parseDomains(messages, order)
	for i := range list {
		list[i].Domain = ""
		if list[i].Family == "" {
			list[i].Family = map[uint16]string{familyINET: "ip", familyINET6: "ip6"}[family]
		}
	}
	return list
}
