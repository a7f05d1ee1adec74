package documents

import "testing"

// TestCheck shows that each kind of fault in a document is found: no JSON, none, a field that
// is missing, of another type, of another name, a schema that there is not.
func TestCheck(t *testing.T) {
	const good = `{"schema":"senet.error/1","code":64,"error":"x"}`
	for text, ok := range map[string]bool{
		good:                                true,
		good + "\n" + good:                  true,
		`{}`:                                false,
		`{"source":"a","error":"b"}`:        false,
		"":                                  false,
		"YES\n":                             false,
		good + "YES\n":                      false,
		`{"schema":"senet.error/1"}`:        false,
		`{"schema":"senet.error/9"}`:        false,
		`{"source":"a","colour":"b"}`:       false,
		`{"source":3}`:                      false,
		good[:len(good)-1] + `,"more":1}`:   false,
		good[:len(good)-1] + `,"hint":"x"}`: true,
	} {
		if err := Check([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestCheckLines: a line of a batch has an answer or an error, and no other fields than its
// schema names.
func TestCheckLines(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"source":"a","error":"b"}`:              true,
		`{"line":"x","error":"b"}` + "\n":         true,
		`{}`:                                      false,
		`{"source":"a"}`:                          false,
		`{"source":3,"error":"b"}`:                false,
		`{"source":"a","error":"b","colour":"c"}`: false,
		"": false,
	} {
		if err := CheckLines([]byte(text)); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}
