package guard

import "strings"

// dual stands for a FROM without tables, as in SELECT 1 FROM DUAL.
const dual = "dual"

// checkSpelling refuses the name of a table or an alias unless it is ASCII and always spelled in the
// same case: only some servers distinguish the case.
func (p *prover) checkSpelling(name string) error {
	if strings.EqualFold(name, dual) {
		return refuse("%s can't be the name of a table: give it another name", name)
	}
	if !isASCIIName(name) {
		return refuseName(name)
	}
	lower := strings.ToLower(name)
	if other, ok := p.spelling[lower]; ok && other != name {
		return refuse("%s and %s are the same name on some servers: use one spelling", other, name)
	}
	p.spelling[lower] = name
	return nil
}

// checkName accepts an ASCII name of a table or column, or an empty one. Servers differ in how
// they compare other letters.
func checkName(name string) error {
	if name != "" && !isASCIIName(name) {
		return refuseName(name)
	}
	return nil
}

// refuseName returns the refusal of a name with other characters.
func refuseName(name string) error {
	return refuse("the name %q must consist of ASCII letters, digits and _", name)
}

// isASCIIName reports whether a string consists of ASCII letters, digits and underscores only.
func isASCIIName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != ""
}
