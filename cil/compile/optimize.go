package compile

func (e *emitter) optimize() {}
