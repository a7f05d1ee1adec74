package sepolgencli

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
)

// A weight says whether a permission lets information flow from the source, and how much.
type weight struct {
	writes bool
	weight int
}

// unknownWeight is the weight of a permission that the map lacks. It counts as a write.
var unknownWeight = weight{true, 5}

// weights is a permission map of SETools.
type weights struct{ classes map[string]map[string]weight }

// readWeights reads a map of permissions.
func readWeights(r io.Reader) (*weights, error) {
	w := &weights{classes: map[string]map[string]weight{}}
	var current map[string]weight
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 || fields[0] == "#" {
			continue
		}
		if fields[0] == "class" {
			if w.classes[fields[1]] != nil {
				return nil, errors.New("duplicate class in perm map")
			}
			current = map[string]weight{}
			w.classes[fields[1]] = current
			continue
		}
		if len(fields) != 3 {
			return nil, errors.New("error in object class permissions")
		}
		if current == nil {
			return nil, errors.New("permission outside of class")
		}
		n, err := strconv.Atoi(fields[2])
		if err != nil || !strings.Contains("nrwb", fields[1]) || len(fields[1]) != 1 {
			return nil, errors.New("error in object class permissions")
		}
		current[fields[0]] = weight{fields[1] == "w" || fields[1] == "b", n}
	}
	return w, lines.Err()
}

func (w *weights) get(class, perm string) weight {
	if one, ok := w.classes[class][perm]; ok {
		return one
	}
	return unknownWeight
}

// of returns the sum of the weights of permissions.
func (w *weights) of(class string, perms []string) (sum int) {
	for _, p := range perms {
		sum += w.get(class, p).weight
	}
	return sum
}

// writes reports whether one of the permissions lets information flow from the source.
func (w *weights) writes(class string, perms []string) bool {
	for _, p := range perms {
		if w.get(class, p).writes {
			return true
		}
	}
	return false
}
