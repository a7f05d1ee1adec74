package refpolicy

import "strconv"

// MacroStatements expands a macro with the text body: it returns its statements, or the words of a
// set. params are names for its arguments, ARGUMENT1 and so on; the lines have $1 and so on for them.
func (h *Headers) MacroStatements(name, body string) (lines, params []string, err error) {
	call := name
	for i := range arguments(body) {
		sep := "("
		if i > 0 {
			sep = ","
		}
		call += sep + "$" + strconv.Itoa(i+1)
		params = append(params, "ARGUMENT"+strconv.Itoa(i+1))
	}
	if len(params) > 0 {
		call += ")"
	}
	out, _, err := h.Expand("", call+"\n")
	if err != nil {
		return nil, nil, err
	}
	return Statements(out), params, nil
}
