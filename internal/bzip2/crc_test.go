package bzip2

import "testing"

// TestCRCTable compares each entry with the result of its division.
func TestCRCTable(t *testing.T) {
	for i, got := range crcTable {
		crc := uint32(i) << 24
		for range 8 {
			if crc&(1<<31) != 0 {
				crc = crc<<1 ^ 0x04c11db7
			} else {
				crc <<= 1
			}
		}
		if got != crc {
			t.Errorf("entry %d is %#x, want %#x", i, got, crc)
		}
	}
}
