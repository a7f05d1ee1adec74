package bzip2

import "slices"

// What libbz2 does to choose codes, which decides the bytes of a stream.
const (
	rounds       = 4  // of assigning groups to codes and making the codes again
	longestWord  = 17 // bits of a code word that is written
	costOfAbsent = 15 // bits that a symbol outside a code's first range is taken to cost
)

// writeSymbols chooses codes for the symbols and writes codes and symbols.
func writeSymbols(w *bitWriter, symbols []uint16, counts []int) {
	lengths := firstLengths(numberOfCodes(len(symbols)), len(symbols), counts)
	var selectors []byte
	for range rounds {
		selectors = selectors[:0]
		frequencies := make([][]int, len(lengths))
		for i := range frequencies {
			frequencies[i] = make([]int, len(counts))
		}
		for group := range slices.Chunk(symbols, groupSize) {
			best := cheapest(lengths, group)
			selectors = append(selectors, best)
			for _, s := range group {
				frequencies[best][s]++
			}
		}
		for i := range lengths {
			makeLengths(lengths[i], frequencies[i])
		}
	}
	w.put(3, uint32(len(lengths)))
	w.put(15, uint32(len(selectors)))
	writeSelectors(w, selectors)
	words := make([][]uint32, len(lengths))
	for i, l := range lengths {
		writeLengths(w, l)
		words[i] = wordsOf(l)
	}
	for i, selector := range selectors {
		code, length := words[selector], lengths[selector]
		for _, s := range symbols[i*groupSize : min((i+1)*groupSize, len(symbols))] {
			w.put(uint(length[s]), code[s])
		}
	}
}

func numberOfCodes(symbols int) int {
	switch {
	case symbols < 200:
		return 2
	case symbols < 600:
		return 3
	case symbols < 1200:
		return 4
	case symbols < 2400:
		return 5
	}
	return 6
}

// firstLengths gives each code a range of symbols that together occur equally
// often: they cost nothing in it, all others much. The last code has the first range.
func firstLengths(codes, total int, counts []int) [][]uint8 {
	lengths := make([][]uint8, codes)
	first := 0
	for left := codes; left > 0; left-- {
		target, sum, last := total/left, 0, first-1
		for sum < target && last < len(counts)-1 {
			last++
			sum += counts[last]
		}
		if last > first && left != codes && left != 1 && (codes-left)%2 == 1 {
			sum -= counts[last]
			last--
		}
		l := make([]uint8, len(counts))
		for s := range l {
			if s < first || s > last {
				l[s] = costOfAbsent
			}
		}
		lengths[left-1] = l
		first = last + 1
		total -= sum
	}
	return lengths
}

// cheapest returns the first code in which a group takes the fewest bits.
func cheapest(lengths [][]uint8, group []uint16) byte {
	best, least := 0, int(^uint(0)>>1)
	for i, l := range lengths {
		cost := 0
		for _, s := range group {
			cost += int(l[s])
		}
		if cost < least {
			best, least = i, cost
		}
	}
	return byte(best)
}

func writeSelectors(w *bitWriter, selectors []byte) {
	order := [maxGroups]byte{0, 1, 2, 3, 4, 5}
	for _, s := range selectors {
		place := 0
		for order[place] != s {
			place++
			w.put(1, 1)
		}
		w.put(1, 0)
		copy(order[1:place+1], order[:place])
		order[0] = s
	}
}

func writeLengths(w *bitWriter, lengths []uint8) {
	current := lengths[0]
	w.put(5, uint32(current))
	for _, l := range lengths {
		for ; current < l; current++ {
			w.put(2, 0b10)
		}
		for ; current > l; current-- {
			w.put(2, 0b11)
		}
		w.put(1, 0)
	}
}

// wordsOf returns the code words of a canonical code.
func wordsOf(lengths []uint8) []uint32 {
	words := make([]uint32, len(lengths))
	next := uint32(0)
	for l := uint8(1); l <= longestWord; l++ {
		for s, length := range lengths {
			if length == l {
				words[s] = next
				next++
			}
		}
		next <<= 1
	}
	return words
}

// makeLengths sets the lengths of the code words for symbols of these frequencies,
// at most longestWord bits: where one is longer, frequencies are halved.
func makeLengths(lengths []uint8, frequencies []int) {
	n := len(lengths)
	t := tree{weight: make([]uint32, 2*n), parent: make([]int, 2*n), heap: make([]int, 0, n+1)}
	for s, f := range frequencies {
		t.weight[s] = uint32(max(f, 1)) << 8
	}
	for {
		t.build(n)
		tooLong := false
		for s := range lengths {
			depth := uint8(0)
			for node := s; t.parent[node] >= 0; node = t.parent[node] {
				depth++
			}
			lengths[s] = depth
			tooLong = tooLong || depth > longestWord
		}
		if !tooLong {
			return
		}
		for s := range n {
			t.weight[s] = (1 + t.weight[s]>>8/2) << 8
		}
	}
}

// A tree is a Huffman tree while it is made. A weight is a frequency above 8 bits
// of depth, so that of two trees of equal frequency the flatter one is taken. The
// order in which equal weights leave the heap decides the lengths, so the heap is
// sifted as libbz2's is.
type tree struct {
	weight []uint32
	parent []int // -1 at the root
	heap   []int // heap[0] is not used
}

func (t *tree) build(leaves int) {
	t.heap = t.heap[:1:cap(t.heap)]
	for node := range leaves {
		t.parent[node] = -1
		t.push(node)
	}
	for node := leaves; len(t.heap) > 2; node++ {
		a := t.pop()
		b := t.pop()
		t.parent[a], t.parent[b], t.parent[node] = node, node, -1
		wa, wb := t.weight[a], t.weight[b]
		t.weight[node] = (wa&^0xff + wb&^0xff) | (1 + max(wa&0xff, wb&0xff))
		t.push(node)
	}
}

func (t *tree) push(node int) {
	t.heap = append(t.heap, node)
	i := len(t.heap) - 1
	for ; i > 1 && t.weight[node] < t.weight[t.heap[i/2]]; i /= 2 {
		t.heap[i] = t.heap[i/2]
	}
	t.heap[i] = node
}

func (t *tree) pop() int {
	top := t.heap[1]
	last := len(t.heap) - 1
	node := t.heap[last]
	t.heap = t.heap[:last]
	i := 1
	for {
		child := 2 * i
		if child >= last {
			break
		}
		if child+1 < last && t.weight[t.heap[child+1]] < t.weight[t.heap[child]] {
			child++
		}
		if t.weight[node] < t.weight[t.heap[child]] {
			break
		}
		t.heap[i] = t.heap[child]
		i = child
	}
	if last > 1 {
		t.heap[i] = node
	}
	return top
}
