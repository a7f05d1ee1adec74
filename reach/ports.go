package reach

import "github.com/senet-selinux/senet/portset"

// Ports is a set of ports.
type Ports = portset.Set

// An Interval is the ports from Low to High, both included.
type Interval = portset.Range
