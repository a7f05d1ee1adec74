package semanage

import (
	"cmp"
	"slices"
)

// checkOverlaps refuses local records that claim one number, as
// semanage_port_validate_local and its siblings do, for the kinds that were
// changed.
func checkOverlaps(local *[kinds]table) error {
	if local[Ports].modified {
		if a, b, found := overlappingPorts(local[Ports].list); found {
			return &OverlapError{a, b}
		}
	}
	if local[IBPKeys].modified {
		if a, b, found := overlappingPKeys(local[IBPKeys].list); found {
			return &OverlapError{a, b}
		}
	}
	if local[IBEndPorts].modified {
		seen := map[Key]Record{}
		for _, r := range local[IBEndPorts].list {
			if first, ok := seen[r.Key()]; ok {
				return &OverlapError{first, r}
			}
			seen[r.Key()] = r
		}
	}
	return nil
}

// overlappingPorts returns the first two records of one protocol that overlap,
// in ascending order.
func overlappingPorts(list []Record) (a, b Port, found bool) {
	ports := make([]Port, len(list))
	for i, r := range list {
		ports[i] = r.(Port)
	}
	slices.SortStableFunc(ports, func(a, b Port) int {
		return cmp.Or(cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Low, b.Low), cmp.Compare(a.High, b.High))
	})
	for i := 1; i < len(ports); i++ {
		if a, b = ports[i-1], ports[i]; a.Protocol == b.Protocol && b.Low <= a.High {
			return a, b, true
		}
	}
	return a, b, false
}

func overlappingPKeys(list []Record) (a, b IBPKey, found bool) {
	keys := make([]IBPKey, len(list))
	for i, r := range list {
		keys[i] = r.(IBPKey)
	}
	slices.SortStableFunc(keys, func(a, b IBPKey) int {
		return cmp.Or(cmp.Compare(a.subnetOrder(), b.subnetOrder()), cmp.Compare(a.Low, b.Low),
			cmp.Compare(a.High, b.High))
	})
	for i := 1; i < len(keys); i++ {
		if a, b = keys[i-1], keys[i]; a.Subnet == b.Subnet && b.Low <= a.High {
			return a, b, true
		}
	}
	return a, b, false
}
