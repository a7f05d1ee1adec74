package statefile

import (
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
)

// Export returns the local state of a store: its local records of [Kinds], and its modules as
// [State.AddModules] takes them. Put into that store, it changes nothing.
func Export(store *semanage.Store) (*State, error) {
	var records []semanage.Record
	for _, kind := range Kinds() {
		list, err := store.Local(kind)
		if err != nil {
			return nil, err
		}
		records = append(records, list...)
	}
	s := Of(records)
	modules := modstore.Open(store, modstore.Options{})
	list, err := modules.List()
	if err != nil {
		return nil, err
	}
	return s, s.AddModules(list, modules.Converted)
}
