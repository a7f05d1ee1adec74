package semanage

// Effective returns the records that hold, of the policy and local ones, in the order of
// the files they are of: of logins those of seusers, of file contexts those of
// file_contexts, its homedirs and the local ones, of kinds of the policy those of
// policy.kern. Of several with one key the last holds, but for kinds whose first one the
// kernel takes.
func (s *Store) Effective(kind Kind) ([]Record, error) {
	l, err := s.takeLock(readLock, true)
	if err != nil {
		return nil, err
	}
	defer l.release()
	switch kind {
	case Logins:
		logins, err := readActive(s, "seusers", parseLogins)
		return asRecords(logins), err
	case FileContexts:
		var list []Record
		for _, name := range []string{fileContexts, homeContexts, fileContextsLocal} {
			contexts, err := readActive(s, name, parseFileContexts)
			if err != nil {
				return nil, err
			}
			list = append(list, asRecords(contexts)...)
		}
		return list, nil
	case Equivalences:
		dist, err := s.DistributionEquivalences()
		if err != nil {
			return nil, err
		}
		local, err := s.readLocal(kind)
		return append(asRecords(dist), local...), err
	}
	db, err := s.readPolicy(s.activePath("policy.kern"))
	if err != nil {
		return nil, err
	}
	list := PolicyRecords(db, kind)
	if kind != Users {
		return list, nil
	}
	prefixes, err := readActive(s, "users_extra", parsePrefixes)
	if err != nil {
		return nil, err
	}
	for i := range list {
		u := list[i].(User)
		for _, p := range prefixes {
			if p.User == u.Name {
				u.Prefix = p.Prefix
			}
		}
		list[i] = u
	}
	return list, nil
}

func asRecords[T Record](list []T) []Record {
	out := make([]Record, len(list))
	for i, r := range list {
		out[i] = r
	}
	return out
}

// Before returns the record of a key that counted before the transaction, the local one
// or the policy's; nil for none.
func (tx *Tx) Before(k Key) Record {
	if tx.names == nil {
		return nil
	}
	r, ok := tx.lookupBefore(k)
	if !ok {
		return nil
	}
	return r
}

// Incomplete lists why the store's modules have to be built before records can change.
func (tx *Tx) Incomplete() []Reason { return tx.reasons }
