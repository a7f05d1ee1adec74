package access

// Warm makes the index that many questions would make.
func (d *Decider) Warm() { d.warm() }
