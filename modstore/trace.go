package modstore

// Trace compiles the modules that the store has, as the last build did, so that the
// origins of the rules can be asked for. Nothing of the store is changed and no lock is
// held; texts that were read may be kept, as [Options] say. The policy has no local
// records: those are of no statement. The error is one of [Tx.Build].
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
	options.DisableNeverallow = true // it was checked when it was built
	s.last = nil                     // which has no origins
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
