package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
)

// A fixStore is a policy store as it was when it was asked.
type fixStore struct {
	*semanage.Store
	flags    writeFlags
	identity storeIdentity
	db       *policydb.Policy
}

// A storeIdentity tells whether a store is in the state that a plan was made
// for.
type storeIdentity struct {
	Name   string `json:"name"`
	Commit int    `json:"commit"`
	// Sum is the SHA-256 of policy.kern, in hexadecimal.
	Sum string `json:"policy_sha256"`
}

func (s *fixStore) kern() string { return filepath.Join(s.Dir(), "active", "policy.kern") }

// openFixStore opens a store and reads its policy. Before a change it repairs
// what a killed transaction left.
func openFixStore(flags writeFlags, change bool, stderr io.Writer) (*fixStore, error) {
	s := &fixStore{flags: flags}
	var err error
	if change {
		var tx *semanage.Tx
		if s.Store, tx, err = flags.begin(stderr); err != nil {
			return nil, err
		}
		defer tx.Close() // what is read holds still
	} else if s.Store, err = flags.open(); err != nil {
		return nil, err
	}
	return s, s.read()
}

// read reads the store's policy and state.
func (s *fixStore) read() error {
	var err error
	if s.identity, err = identify(s.Store); err != nil {
		return err
	}
	if s.db, err = s.KernelPolicy(); err != nil {
		return storeProblem(err)
	}
	return nil
}

func identify(s *semanage.Store) (storeIdentity, error) {
	id := storeIdentity{Name: s.Name()}
	var err error
	if id.Commit, err = s.CommitNumber(); err != nil {
		return id, storeProblem(err)
	}
	f, err := os.Open(filepath.Join(s.Dir(), "active", "policy.kern"))
	if err != nil {
		return id, unreadable(err, "")
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return id, unreadable(err, "")
	}
	id.Sum = hex.EncodeToString(h.Sum(nil))
	return id, nil
}

// writable fails where the store cannot be changed by this process.
func (s *fixStore) writable() error {
	f, err := os.OpenFile(filepath.Join(s.Dir(), "semanage.trans.LOCK"), os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		f.Close()
		return nil
	}
	known := semanage.ErrReadOnly
	if errors.Is(err, fs.ErrPermission) {
		known = semanage.ErrPermission
	}
	return storeProblem(fmt.Errorf("%w: %w", known, err))
}
