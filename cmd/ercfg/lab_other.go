//go:build !linux

package main

import (
	"errors"

	"github.com/spf13/cobra"
)

// labCommand refuses: the lab's routers are network namespaces.
func (a *app) labCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "lab up|traffic|test|drill|fail|heal|status|sh|down",
		Short:   "Build the network alive on this host (Linux only)",
		Long:    `lab builds the network of an intent alive on one Linux host. This is no Linux.`,
		Example: `  ercfg paths site.yaml   predicts what a lab would show`,
		RunE: func(*cobra.Command, []string) error {
			return errors.New("the lab needs Linux: its routers are network namespaces; ercfg paths predicts what it would show")
		},
	}
}
