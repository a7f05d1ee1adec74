package modstore

// Trace compiles the modules of the store, as the last build did, to find the origins of rules. It
// changes nothing in the store and holds no lock; it may cache texts, as [Options] say. The policy
// has no local records, since no statement defines them. The errors are those of [Tx.Build].
func (s *Store) Trace() (*Built, error) {
	records, err := s.records.Look()
	if err != nil {
		return nil, err
	}
	defer records.Close()
	tx, err := s.Begin(records)
	if err != nil {
		return nil, err
	}
	units, _ := tx.units()
	if len(units) == 0 {
		return nil, ErrNoModules
	}
	cache := s.openCache()
	defer cache.close()
	if err := tx.read(units, cache, false); err != nil {
		return nil, err
	}
	options, err := tx.options()
	if err != nil {
		return nil, err
	}
	options.DisableNeverallow = true // the build checked it
	s.last = nil                     // it has no origins
	result, _, err := s.compile(units, options, cache)
	if err != nil {
		return nil, err
	}
	cache.keep(s.fresh(units, options, cache))
	b := &Built{Policy: result.Policy, Origins: result.Origins, Modules: make([]Module, len(units))}
	for i, u := range units {
		b.Modules[i] = u.Module
	}
	return b, nil
}
