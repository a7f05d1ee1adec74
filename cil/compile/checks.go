package compile

// checkRules checks neverallow rules and bounds.
func (e *emitter) checkRules() {}
