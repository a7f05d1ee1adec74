package query

import (
	"iter"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// An IOPortQuery selects ioportcons; the zero IOPortQuery selects all.
type IOPortQuery struct {
	Ports   *Interval // nil for no restriction
	Context ContextMatch
}

// IOPorts yields the ioportcons of a policy for Xen in the file's order. They
// must not be changed.
func IOPorts(p *policy.Policy, q IOPortQuery) iter.Seq[*policydb.IOPortCon] {
	return func(yield func(*policydb.IOPortCon) bool) {
		records := p.DB().OContexts.IOPorts
		for i := range records {
			r := &records[i]
			if q.Ports.accepts(uint64(r.Low), uint64(r.High)) && q.Context.accepts(p, &r.Context) && !yield(r) {
				return
			}
		}
	}
}

// An IOMemQuery selects iomemcons; the zero IOMemQuery selects all.
type IOMemQuery struct {
	Addr    *Interval // page frames; nil for no restriction
	Context ContextMatch
}

// IOMems yields the iomemcons of a policy for Xen in the file's order. They
// must not be changed.
func IOMems(p *policy.Policy, q IOMemQuery) iter.Seq[*policydb.IOMemCon] {
	return func(yield func(*policydb.IOMemCon) bool) {
		records := p.DB().OContexts.IOMems
		for i := range records {
			r := &records[i]
			if q.Addr.accepts(r.Low, r.High) && q.Context.accepts(p, &r.Context) && !yield(r) {
				return
			}
		}
	}
}

// A PCIDeviceQuery selects pcidevicecons; the zero PCIDeviceQuery selects all.
type PCIDeviceQuery struct {
	Device  *uint32 // nil for no restriction
	Context ContextMatch
}

// PCIDevices yields the pcidevicecons of a policy for Xen in the file's order.
// They must not be changed.
func PCIDevices(p *policy.Policy, q PCIDeviceQuery) iter.Seq[*policydb.PCIDeviceCon] {
	return func(yield func(*policydb.PCIDeviceCon) bool) {
		records := p.DB().OContexts.PCIDevices
		for i := range records {
			r := &records[i]
			if (q.Device == nil || *q.Device == r.Device) && q.Context.accepts(p, &r.Context) && !yield(r) {
				return
			}
		}
	}
}

// A PIRQQuery selects pirqcons; the zero PIRQQuery selects all.
type PIRQQuery struct {
	PIRQ    *uint32 // nil for no restriction
	Context ContextMatch
}

// PIRQs yields the pirqcons of a policy for Xen in the file's order. They must
// not be changed.
func PIRQs(p *policy.Policy, q PIRQQuery) iter.Seq[*policydb.PIRQCon] {
	return func(yield func(*policydb.PIRQCon) bool) {
		records := p.DB().OContexts.PIRQs
		for i := range records {
			r := &records[i]
			if (q.PIRQ == nil || *q.PIRQ == r.PIRQ) && q.Context.accepts(p, &r.Context) && !yield(r) {
				return
			}
		}
	}
}

// A DeviceTreeQuery selects devicetreecons; the zero DeviceTreeQuery selects
// all.
type DeviceTreeQuery struct {
	Path    Match
	Context ContextMatch
}

// DeviceTrees yields the devicetreecons of a policy for Xen in the file's
// order. They must not be changed.
func DeviceTrees(p *policy.Policy, q DeviceTreeQuery) iter.Seq[*policydb.DeviceTreeCon] {
	return func(yield func(*policydb.DeviceTreeCon) bool) {
		records := p.DB().OContexts.DeviceTrees
		for i := range records {
			r := &records[i]
			if q.Path.accepts(r.Path) && q.Context.accepts(p, &r.Context) && !yield(r) {
				return
			}
		}
	}
}
