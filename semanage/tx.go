package semanage

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/policydb"
)

// A Tx is a transaction: it holds the store's lock from [Store.Begin] to
// [Tx.Commit] or [Tx.Close], and changes nothing on disk before Commit. It is
// for one goroutine.
type Tx struct {
	// Strict makes Add and the tests for existence behave as semanage 3.4 does
	// to the letter: whether a record exists is asked of the policy as it was
	// before the transaction, so that an import that deletes a record and adds
	// it again fails; port 0 is a port; and a login may have a range that is backwards.
	Strict bool

	store     *Store
	lock      *lock
	look      bool // of Look
	over      bool
	linked    *policydb.Policy // without local records; nil if there is none
	rebuild   *Rebuild         // nil where the modules stay
	names     *policyNames     // of linked
	local     [kinds]table
	before    [kinds][]Record
	unread    [kinds]error     // why records that nothing else needs could not be read
	merged    *policydb.Policy // linked with the local users; see withUsers
	mergedAt  int
	reasons   []Reason
	subs      map[string]string // names of booleans that stand for others
	booleans  []Boolean         // to set in the kernel
	repairs   []Repair
	needed    []Repair
	number    int // of the last transaction
	planned   *Plan
	plannedAt int // tx.changes() when that was made
}

// Begin locks the store, repairs what a killed transaction left, and reads the
// local records. The error wraps ErrLocked if another transaction lasts too
// long, ErrUnsafe if others could change the store, ErrNewer if a newer senet left
// something to repair, and is a *ParseError if a file of local records is not one.
func (s *Store) Begin() (*Tx, error) {
	if err := s.safe(); err != nil {
		return nil, err
	}
	l, err := s.takeLock(transLock, false)
	if err != nil {
		return nil, err
	}
	tx := &Tx{store: s, lock: l}
	if tx.repairs, err = s.repair(); err == nil {
		err = tx.read()
	}
	if err != nil {
		l.release()
		return nil, err
	}
	return tx, nil
}

// Look is Begin for callers that only ask what a transaction would do: everything but Commit
// works, and nothing on disk is changed, not even by a repair. What needs one is said by
// [Tx.Needed]; the error wraps ErrUnfinished where it is such that the store cannot be read
// before. No lock is held afterwards, and a store without files for locks can be looked at.
func (s *Store) Look() (*Tx, error) {
	needed, err := s.unfinished()
	if err != nil {
		return nil, err
	}
	l, err := s.takeLock(readLock, true)
	if err != nil {
		return nil, err
	}
	defer l.release()
	if _, err := s.root.Lstat(s.path("active")); isGone(err) && len(needed) > 0 {
		return nil, fmt.Errorf("%w: %s has no active directory: a transaction was killed", ErrUnfinished, s.Dir())
	}
	tx := &Tx{store: s, look: true, needed: needed}
	return tx, tx.read()
}

func (tx *Tx) read() error {
	if n := tx.store.config.PolicyVersion; n > policydb.MaxVersion {
		return fmt.Errorf("%w: semanage.conf says policy-version = %d, and senet writes up to %d",
			policydb.ErrUnsupportedVersion, n, policydb.MaxVersion)
	}
	s := tx.store
	var err error
	if tx.number, err = s.CommitNumber(); err != nil {
		return err
	}
	for _, kind := range Kinds() {
		list, err := s.readLocal(kind)
		var parse *ParseError
		if errors.As(err, &parse) && (kind == FileContexts || kind == Equivalences) {
			// Nothing but a change of these needs them.
			tx.unread[kind], err = err, nil
		}
		if err != nil {
			return err
		}
		tx.local[kind].list = list
		tx.before[kind] = slices.Clone(list)
	}
	if tx.reasons, err = s.rebuildReasons(); err != nil {
		return err
	}
	tx.linked, err = s.readPolicy(s.activePath("policy.linked"))
	switch {
	case err == nil:
		tx.names = &policyNames{tx.linked, s}
	case !isGone(err):
		return err
	}
	return nil
}

// Close gives the lock back without changing anything. After Commit it does
// nothing.
func (tx *Tx) Close() {
	tx.lock.release()
	tx.over = true
}

// Repairs lists what Begin repaired.
func (tx *Tx) Repairs() []Repair { return tx.repairs }

// Needed lists what Look found that the next Begin will repair.
func (tx *Tx) Needed() []Repair { return tx.needed }

// Linked returns the policy without local records, nil if the store has none.
func (tx *Tx) Linked() *policydb.Policy { return tx.linked }

// Records returns the local records of a kind as the transaction has them now,
// in the order of the file.
func (tx *Tx) Records(kind Kind) []Record { return slices.Clone(tx.local[kind].list) }

// Lookup returns the record that counts for a key: the local one, else the policy's own. local
// names the field.
func (tx *Tx) Lookup(k Key) (r Record, local, ok bool) {
	t := &tx.local[k.Kind()]
	if i := t.find(k); i >= 0 {
		return t.list[i], true, true
	}
	if tx.names == nil {
		return nil, false, false
	}
	r, ok = k.inPolicy(tx.names)
	return r, false, ok
}

// exists reports whether a key is defined, before the transaction if it is
// strict.
func (tx *Tx) exists(k Key) bool {
	// Local file contexts are asked for as they are now even by semanage.
	if kind := k.Kind(); !tx.Strict || kind == FileContexts || kind == Equivalences {
		_, _, ok := tx.Lookup(k)
		return ok
	}
	for _, r := range tx.before[k.Kind()] {
		if r.Key() == k {
			return true
		}
	}
	_, ok := k.inPolicy(tx.names)
	return ok
}

func (tx *Tx) ready() error {
	switch {
	case tx.over:
		return ErrFinished
	case tx.names == nil:
		return &RebuildError{tx.reasons}
	}
	return nil
}

// Add adds a local record. Where its context has no user or role, it gets
// system_u and object_r; where it has no range and the policy has MLS, s0. An
// alias of a type becomes the type. The error wraps ErrExists if the key is
// defined, in the policy or locally; ErrType if the type is not one for records
// of the kind. Booleans are set, not added.
func (tx *Tx) Add(r Record) error {
	return tx.put("add", r, func(k Key) error {
		if r.Kind() == Booleans {
			if !tx.exists(k) {
				return ErrNotDefined
			}
			return nil
		}
		if tx.exists(k) {
			return ErrExists
		}
		return nil
	})
}

// Set makes it so: it adds the record, or replaces the context of the one with
// that key, whether local or the policy's. What the record's context leaves
// open is completed as in [Tx.Add].
func (tx *Tx) Set(r Record) error {
	return tx.put("set", r, func(k Key) error {
		if r.Kind() == Booleans && !tx.exists(k) {
			return ErrNotDefined
		}
		return nil
	})
}

func (tx *Tx) put(op string, r Record, allowed func(Key) error) error {
	if err := tx.ready(); err != nil {
		return err
	}
	err := tx.unread[r.Kind()]
	if err == nil {
		r, err = tx.complete(r)
	}
	if err == nil {
		err = allowed(r.Key())
	}
	if err != nil {
		return &RecordError{Op: op, Key: r.Key(), Err: err}
	}
	tx.keep(r)
	return nil
}

// keep puts a record into its table, and notes a boolean for the kernel.
func (tx *Tx) keep(r Record) {
	tx.local[r.Kind()].set(r)
	if b, ok := r.(Boolean); ok {
		tx.booleans = slices.DeleteFunc(tx.booleans, func(have Boolean) bool { return have.Name == b.Name })
		tx.booleans = append(tx.booleans, b)
	}
}

// complete fills in the parts that a record leaves open and checks it.
func (tx *Tx) complete(r Record) (Record, error) {
	switch have := r.(type) {
	case Boolean:
		have.Name = tx.booleanName(have.Name)
		r = have
	case User:
		r = have.complete(tx.linked.MLS())
	}
	if err := r.check(); err != nil {
		return r, err
	}
	if p, ok := r.(Port); ok && p.Low == 0 && !tx.Strict {
		return r, fmt.Errorf("%w: no socket is ever bound to port 0", ErrRange)
	}
	switch r := r.(type) {
	case Boolean, Equivalence:
		return r, nil
	case Login:
		if !tx.linked.MLS() {
			r.Range = ""
		}
		if tx.Strict {
			return r, nil
		}
		return r, (&policyNames{db: tx.linked}).checkForwards(r)
	case User:
		return r, tx.checkUser(r)
	case FileContext:
		if r.Context == (Context{}) {
			return r, nil
		}
	}
	c, err := tx.completeContext(r.Kind(), r.context())
	if err != nil {
		return r, err
	}
	r = r.withContext(c)
	if i, ok := r.(Interface); ok {
		if i.Message == (Context{}) {
			i.Message = c
		}
		r = i
	}
	return r, nil
}

func (tx *Tx) completeContext(kind Kind, c Context) (Context, error) {
	if c.User == "" {
		c.User = "system_u"
	}
	if c.Role == "" {
		c.Role = objectRole
	}
	switch {
	case !tx.linked.MLS():
		c.Range = ""
	case c.Range == "":
		c.Range = "s0"
	}
	var err error
	c.Type, err = tx.recordType(kind, c.Type)
	if err == nil && strings.ContainsAny(c.String(), blanks) {
		err = fmt.Errorf("%w: %q", ErrContext, c.String())
	}
	if err != nil {
		return c, err
	}
	return c, tx.checkContext(kind, c)
}

// checkContext refuses a context that the policy, for file contexts with the local users,
// does not have.
func (tx *Tx) checkContext(kind Kind, c Context) error {
	names := tx.names
	if kind == FileContexts {
		db, err := tx.withUsers()
		if err != nil {
			return err
		}
		names = &policyNames{db: db}
	}
	_, err := names.context(c)
	return err
}

// recordType returns the type that a record may have, given its name or alias.
func (tx *Tx) recordType(kind Kind, name string) (string, error) {
	if name == "" {
		return "", fmt.Errorf("%w: a type is required", ErrType)
	}
	if kind == FileContexts {
		return tx.fileContextType(name)
	}
	attribute := kind.info().attribute
	if attribute == "" {
		if t := tx.names.typ(name); t == nil || t.IsAttribute() {
			return "", fmt.Errorf("%w: %s is not a type", ErrType, name)
		}
		return name, nil
	}
	name = tx.names.realType(name)
	if !tx.names.hasAttribute(name, attribute) {
		return "", fmt.Errorf("%w: %s is not a %s type (a type with the attribute %s)", ErrType, name, kind, attribute)
	}
	return name, nil
}

// A Change lists the parts of a record that Modify changes; "" leaves a field as it is.
type Change struct {
	Type, Range string
}

// Modify changes the type or range of the record with the key. The policy's own
// record stays: the local one that Modify makes then overrides it. The error
// wraps ErrNotDefined if there is no such record.
func (tx *Tx) Modify(k Key, change Change) error {
	if err := tx.ready(); err != nil {
		return err
	}
	fail := func(err error) error { return &RecordError{Op: "modify", Key: k, Err: err} }
	switch {
	case tx.unread[k.Kind()] != nil:
		return fail(tx.unread[k.Kind()])
	case !k.Kind().labelled():
		return fail(fmt.Errorf("%w: a %s has no context; set it", ErrSyntax, k.Kind()))
	case change == (Change{}):
		return fail(fmt.Errorf("%w: a type or a range is required", ErrSyntax))
	}
	if change.Type != "" {
		var err error
		if change.Type, err = tx.recordType(k.Kind(), change.Type); err != nil {
			return fail(err)
		}
	}
	r, _, ok := tx.Lookup(k)
	if tx.Strict {
		r, ok = tx.lookupBefore(k)
	}
	if !ok {
		return fail(ErrNotDefined)
	}
	c := r.context()
	if change.Type != "" {
		c.Type = change.Type
	}
	if change.Range != "" && tx.linked.MLS() {
		c.Range = change.Range
	}
	if strings.ContainsAny(c.String(), blanks) {
		return fail(fmt.Errorf("%w: %q", ErrContext, c.String()))
	}
	if err := tx.checkContext(k.Kind(), c); err != nil {
		return fail(err)
	}
	tx.keep(r.withContext(c))
	return nil
}

func (tx *Tx) lookupBefore(k Key) (Record, bool) {
	for _, r := range slices.Backward(tx.before[k.Kind()]) {
		if r.Key() == k {
			return r, true
		}
	}
	return k.inPolicy(tx.names)
}

// Delete deletes the local record with the key. The error wraps ErrNotDefined
// if there is no record, ErrInPolicy if it is the policy's own.
func (tx *Tx) Delete(k Key) error {
	if err := tx.ready(); err != nil {
		return err
	}
	if b, ok := k.(BooleanKey); ok {
		k = BooleanKey(tx.booleanName(string(b)))
	}
	t := &tx.local[k.Kind()]
	if err := tx.unread[k.Kind()]; err != nil {
		return &RecordError{Op: "delete", Key: k, Err: err}
	}
	t.prepare()
	i := t.find(k)
	switch {
	case i >= 0 && (!tx.Strict || tx.exists(k)):
		t.remove(i)
		return nil
	case i < 0 && tx.exists(k):
		return &RecordError{Op: "delete", Key: k, Err: ErrInPolicy}
	}
	return &RecordError{Op: "delete", Key: k, Err: ErrNotDefined}
}

// DeleteAll deletes all local records of a kind.
func (tx *Tx) DeleteAll(kind Kind) error {
	if err := tx.ready(); err != nil {
		return err
	}
	t := &tx.local[kind]
	if len(t.list) > 0 || tx.unread[kind] != nil || kind == Equivalences && tx.Strict {
		t.list, tx.unread[kind] = nil, nil
		t.touch()
	}
	return nil
}

// booleanName replaces a former name of a boolean by its present one
// (selinux_boolean_sub).
func (tx *Tx) booleanName(name string) string {
	if tx.subs == nil {
		text, _ := tx.store.root.ReadFile(path.Join(tx.store.etc, "booleans.subs_dist"), sysroot.MaxConfig)
		tx.subs = ParseBooleanSubs(text)
	}
	if sub, ok := tx.subs[name]; ok {
		return sub
	}
	return name
}

// ParseBooleanSubs reads booleans.subs_dist, former names of booleans with their present
// ones: lines of an old and a new name, the first line for a name counts.
func ParseBooleanSubs(text []byte) map[string]string {
	subs := map[string]string{}
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) < 2 || fields[0][0] == '#' {
			continue
		}
		if _, known := subs[fields[0]]; !known && !strings.Contains(fields[1], "/") {
			subs[fields[0]] = fields[1]
		}
	}
	return subs
}

// modified lists the kinds whose records changed.
func (tx *Tx) modified() []Kind {
	var list []Kind
	for _, kind := range Kinds() {
		if tx.local[kind].modified {
			list = append(list, kind)
		}
	}
	return list
}
