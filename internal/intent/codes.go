package intent

import "github.com/ercfg/ercfg/internal/diag"

// Codes of what is wrong before any rule of ExpressRoute is asked.
const (
	yamlSyntax    diag.Code = "ER900" // not YAML, or YAML that an intent does not use
	schemaFault   diag.Code = "ER901" // wrong type, missing key, value outside of its list or range
	unknownKey    diag.Code = "ER902"
	duplicateName diag.Code = "ER903" // in one mapping, or in two files
	badValue      diag.Code = "ER905" // text that is no address, number, duration …; plan uses it, too
	badSecret     diag.Code = "ER906" // a number, list … where a reference belongs; plan uses it, too
)
