package testenv

import (
	"syscall"
	"testing"
)

// ReportProcessorTime makes a benchmark report the processor time of each round in milliseconds, of all threads: on a
// machine with other work it says more than the time on the clock.
func ReportProcessorTime(b *testing.B) {
	b.Helper()
	before := processorTime(b)
	b.Cleanup(func() {
		b.ReportMetric((processorTime(b)-before)*1000/float64(b.N), "cpu-ms/op")
	})
}

// processorTime returns the processor time of this process so far, in seconds.
func processorTime(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(u.Utime) + seconds(u.Stime)
}
