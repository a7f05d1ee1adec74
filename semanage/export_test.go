package semanage

// StopAt makes transactions of the store stop at the n-th step, as if the process
// had been killed; 0 is never. steps returns how many were made.
func StopAt(s *Store, n int) (steps func() int) {
	f := &faultFS{n: n}
	s.inject(f)
	return func() int { return f.step }
}
