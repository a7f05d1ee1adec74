package change

import "context"

// Modules are the modules of a store. A change of modules is one transaction of the store; Has
// tells afterwards whether it was made.
type Modules interface {
	// Has reports whether the store has a module of that name, of any priority.
	Has(ctx context.Context, name string) (bool, error)
	// Install builds the policy with a module of CIL. It is called with the lock held.
	Install(ctx context.Context, held *Lock, name, cil string) error
	// Remove builds the policy without a module. It is called with the lock held.
	Remove(ctx context.Context, held *Lock, name string) error
}
