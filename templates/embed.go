// Package templates holds the text of every router configuration: one pack per
// platform, one file per section. The packs are read by render and never
// changed at run time.
package templates

import "embed"

// FS holds the packs: <platform>/<section>.tmpl, and for FRR
// frr/companions/<file>.tmpl.
//
//go:embed ios-xe/*.tmpl junos/*.tmpl frr/*.tmpl frr/companions/*.tmpl
var FS embed.FS
