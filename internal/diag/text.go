package diag

import (
	"fmt"
	"io"
)

// WriteText writes the findings for a person, one block each:
//
//	intent.yaml:5:33: error: VLAN 100 is used twice on circuit ams-1 [ER042]
//	  also at intent.yaml:4:31
//	  hint: each peering of a circuit needs its own VLAN
//
// Findings of severity Info are left out unless verbose is set.
func (l List) WriteText(w io.Writer, verbose bool) error {
	for _, d := range l {
		if d.Severity == Info && !verbose {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s: %s: %s [%s]\n", d.Pos, d.Severity, d.Summary, d.Code); err != nil {
			return err
		}
		for _, p := range d.Related {
			if _, err := fmt.Fprintf(w, "  also at %s\n", p); err != nil {
				return err
			}
		}
		if d.Hint != "" {
			if _, err := fmt.Fprintf(w, "  hint: %s\n", d.Hint); err != nil {
				return err
			}
		}
	}
	return nil
}
