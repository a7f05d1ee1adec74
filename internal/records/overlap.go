package records

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/semanage"
)

// Overlapping returns the other local records that have ports of a key, in
// ascending order.
func Overlapping(tx *semanage.Tx, key semanage.PortKey) []semanage.Port {
	var list []semanage.Port
	for _, r := range tx.Records(semanage.Ports) {
		p := r.(semanage.Port)
		if p.Protocol == key.Protocol && p.Range().Overlaps(key.Range()) && p.Key() != key {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b semanage.Port) int { return cmp.Compare(a.Low, b.Low) })
	return list
}

// Split cuts the ports of a key out of the local records that overlap.
func Split(tx *semanage.Tx, key semanage.PortKey) error {
	for _, p := range Overlapping(tx, key) {
		if err := tx.Delete(p.Key()); err != nil {
			return err
		}
		for _, piece := range Rest(p, key) {
			if err := tx.Set(piece); err != nil {
				return err
			}
		}
	}
	return nil
}

// Rest returns the rest of a record after the ports of a key were cut out.
func Rest(p semanage.Port, key semanage.PortKey) []semanage.Port {
	var list []semanage.Port
	for _, in := range (portset.Set{p.Range()}).Minus(portset.Set{key.Range()}) {
		piece := p
		piece.Low, piece.High = in.Low, in.High
		list = append(list, piece)
	}
	return list
}

// A ConflictError says that the local record of a port would overlap others.
type ConflictError struct {
	Key    semanage.PortKey
	Others []semanage.Port // in ascending order
}

// maxNamed bounds the records that an error names.
const maxNamed = 8

func (e *ConflictError) Error() string {
	names := make([]string, min(len(e.Others), maxNamed))
	for i := range names {
		names[i] = e.Others[i].Key().String()
	}
	text := fmt.Sprintf("%s overlaps the local %s", e.Key, strings.Join(names, ", "))
	if n := len(e.Others) - len(names); n > 0 {
		text += fmt.Sprintf(" and %d more local records", n)
	}
	return text
}

// Free returns the ports of the key that are in no other record.
func (e *ConflictError) Free() portset.Set {
	free := portset.Set{e.Key.Range()}
	for _, o := range e.Others {
		free = free.Minus(portset.Set{o.Range()})
	}
	return free
}

// CheckOverlaps returns a *ConflictError if one of the keys has a local record that overlaps
// others.
func CheckOverlaps(tx *semanage.Tx, keys []semanage.PortKey) error {
	for _, key := range keys {
		if _, local, ok := tx.Lookup(key); !ok || !local {
			continue
		}
		if others := Overlapping(tx, key); len(others) > 0 {
			return &ConflictError{key, others}
		}
	}
	return nil
}

// CheckTwice returns a *[semanage.OverlapError] if a local record is defined twice, which only
// editing the file by hand can cause: the record overlaps itself whatever senet does.
func CheckTwice(tx *semanage.Tx) error {
	seen := make(map[semanage.Key]semanage.Record)
	for _, r := range tx.Records(semanage.Ports) {
		if first, twice := seen[r.Key()]; twice {
			return &semanage.OverlapError{A: first, B: r}
		}
		seen[r.Key()] = r
	}
	return nil
}

// OfOtherProtocol returns the local record of the same ports for another protocol.
func OfOtherProtocol(tx *semanage.Tx, key semanage.PortKey) (semanage.PortKey, bool) {
	for _, p := range []semanage.Protocol{semanage.TCP, semanage.UDP, semanage.SCTP, semanage.DCCP} {
		other := key
		other.Protocol = p
		if _, local, ok := tx.Lookup(other); ok && local {
			return other, true
		}
	}
	return semanage.PortKey{}, false
}
