package setools

import (
	"strconv"

	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/query"
)

// hexSpan writes the numbers of a Xen statement as the newest SETools does. 4.4.1 prints no Xen statement at all:
// it takes every policy for one of SELinux.
func hexSpan(low, high uint64) string {
	if low == high {
		return hex4(low)
	}
	return hex4(low) + "-" + hex4(high)
}

// hex4 writes a number with four digits or as many as it has.
func hex4(n uint64) string {
	digits := strconv.FormatUint(n, 16)
	return "0x" + "0000"[min(4, len(digits)):] + digits
}

// xenRange reads the value of --ioportcon or --iomemcon, which only newer releases have: hexadecimal, one number or
// a range that the statement must contain.
func xenRange(value, what string) (*query.Interval, error) {
	if value == "" {
		return nil, nil
	}
	low, high, ok := splitRange(value, 16)
	switch {
	case !ok:
		return nil, usageError(seinfoParser(), "Enter an IO "+what+" or range, e.g. 0x22 or 0x6000-0x6020")
	case low.value > high.value:
		return nil, failure("The low " + what + " must be smaller than the high " + what + ": 0x" + low.digits +
			"-0x" + high.digits)
	}
	return &query.Interval{Low: low.value, High: high.value, Relation: query.Within}, nil
}

// xenNumber reads the value of --pcidevicecon or --pirqcon.
func xenNumber(value string, base int) (*uint32, error) {
	if value == "" {
		return nil, nil
	}
	n, ok := parseNumber(value, base)
	if !ok {
		return nil, failure(invalidNumber(value, base))
	}
	// A number beyond 32 bits becomes the largest, which no device has.
	v := uint32(min(n.value, 1<<32-1))
	return &v, nil
}

func (in *inspector) ioportcons(value string) (block, error) {
	ports, err := xenRange(value, "port number")
	found := query.IOPorts(in.p, query.IOPortQuery{Ports: ports})
	return block{
		title: "Ioportcon",
		text: func(l *listing) {
			for r := range found {
				in.labelled(l, &r.Context, "ioportcon ", hexSpan(uint64(r.Low), uint64(r.High)), " ")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.IOPortcons = []InfoSpan{}
			for r := range found {
				d.IOPortcons = append(d.IOPortcons, InfoSpan{
					Low: uint64(r.Low), High: uint64(r.High), Context: in.p.FormatContext(r.Context)})
			}
		},
	}, err
}

func (in *inspector) iomemcons(value string) (block, error) {
	addr, err := xenRange(value, "memory address")
	found := query.IOMems(in.p, query.IOMemQuery{Addr: addr})
	return block{
		title: "Iomemcon",
		text: func(l *listing) {
			for r := range found {
				in.labelled(l, &r.Context, "iomemcon ", hexSpan(r.Low, r.High), " ")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.IOMemcons = []InfoSpan{}
			for r := range found {
				d.IOMemcons = append(d.IOMemcons, InfoSpan{Low: r.Low, High: r.High,
					Context: in.p.FormatContext(r.Context)})
			}
		},
	}, err
}

func (in *inspector) pcidevicecons(value string) (block, error) {
	device, err := xenNumber(value, 16)
	found := query.PCIDevices(in.p, query.PCIDeviceQuery{Device: device})
	return block{
		title: "Pcidevicecon",
		text: func(l *listing) {
			for r := range found {
				in.labelled(l, &r.Context, "pcidevicecon ", hex4(uint64(r.Device)), " ")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.PCIDevicecons = []InfoNumber{}
			for r := range found {
				d.PCIDevicecons = append(d.PCIDevicecons,
					InfoNumber{Number: r.Device, Context: in.p.FormatContext(r.Context)})
			}
		},
	}, err
}

func (in *inspector) pirqcons(value string) (block, error) {
	irq, err := xenNumber(value, 10)
	found := query.PIRQs(in.p, query.PIRQQuery{PIRQ: irq})
	return block{
		title: "Pirqcon",
		text: func(l *listing) {
			for r := range found {
				in.labelled(l, &r.Context, "pirqcon ", itoa(uint64(r.PIRQ)), " ")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.PIRQcons = []InfoNumber{}
			for r := range found {
				d.PIRQcons = append(d.PIRQcons, InfoNumber{Number: r.PIRQ, Context: in.p.FormatContext(r.Context)})
			}
		},
	}, err
}

func (in *inspector) devicetreecons(value string) (block, error) {
	found := query.DeviceTrees(in.p, query.DeviceTreeQuery{Path: query.Match{Text: value}})
	return block{
		title: "Devicetreecon",
		text: func(l *listing) {
			for r := range found {
				in.labelled(l, &r.Context, "devicetreecon ", r.Path, " ")
			}
			l.sort()
		},
		fill: func(d *InfoDocument) {
			d.DeviceTreecons = []InfoDeviceTree{}
			for r := range found {
				d.DeviceTreecons = append(d.DeviceTreecons,
					InfoDeviceTree{Path: r.Path, Context: in.p.FormatContext(r.Context)})
			}
		},
		value: value,
		names: namesOf(query.DeviceTrees(in.p, query.DeviceTreeQuery{}),
			func(r *policydb.DeviceTreeCon) string { return r.Path }),
	}, nil
}
