package kernel

import (
	"bytes"
	"sync"
)

// A console is the output of a machine's serial port. qemu adds to it while the tests read.
type console struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.Write(b)
}

func (c *console) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.buf.Reset()
}

func (c *console) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.buf.Len()
}

// from returns what was written behind the first n bytes.
func (c *console) from(n int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return string(c.buf.Bytes()[min(n, c.buf.Len()):])
}
