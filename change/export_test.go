package change

// RecodeHistoryForTest reads a history and writes it again.
func RecodeHistoryForTest(text []byte) ([]Entry, []byte, error) {
	h, err := decodeHistory(text)
	if err != nil {
		return nil, nil, err
	}
	again, err := h.encode()
	return h.entries, again, err
}

// ParseLegacyForTest reads what an older version left.
func ParseLegacyForTest(text []byte) {
	if j, err := parseLegacy(text); err == nil {
		_, _ = j.records()
	}
}
