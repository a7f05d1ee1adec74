// Package bzip2 reads and writes the streams in which libsemanage keeps the
// modules of a policy store.
//
// Decode takes three fifths of the processor time of compress/bzip2, which cannot
// write. Encode writes the bytes that libbz2 1.0.8 writes at the same level, so a store stays
// byte for byte what libsemanage would have made of it. The one exception are
// blocks that repeat themselves from end to end: their rotations are equal, and
// libbz2's choice among them depends on its sorting. Such a stream differs, its
// text does not.
//
// A stream is a header, blocks of at most level times 100,000 bytes, and a
// checksum. A block went through five steps: runs of 4 to 255 equal bytes became
// 4 bytes and a count; the rotations of the block were sorted and the last bytes
// kept (the Burrows-Wheeler transform); each byte was replaced by its place in a
// list that moves what was used to the front; runs of zeros became numbers in
// bijective base 2; and the result was coded by up to 6 Huffman codes, one for
// every 50 symbols.
package bzip2

const (
	blockMagic = 0x314159265359 // the digits of pi
	endMagic   = 0x177245385090 // of its square root

	groupSize  = 50 // symbols that share a Huffman code
	maxGroups  = 6  // Huffman codes in a block
	maxSymbols = 258

	runA, runB = 0, 1 // the digits of the length of a run of zeros
)

func addCRC(crc uint32, b byte) uint32 { return crc<<8 ^ crcTable[byte(crc>>24)^b] }

// combineCRC adds the checksum of a block to that of the stream.
func combineCRC(stream, block uint32) uint32 { return (stream<<1 | stream>>31) ^ block }
