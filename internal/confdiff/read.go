package confdiff

import "fmt"

// Read reads what a router of a platform prints as its configuration, or what
// ercfg rendered for one. Whatever a terminal adds to the text is dropped: a
// prompt, "Building configuration", timestamps, --More-- and what erases it,
// Windows line ends. An error means that the text is no configuration of that
// platform.
func Read(platform string, text []byte) (Config, error) {
	switch platform {
	case IOSXE:
		return readIOSXE(text)
	case Junos:
		return readJunos(text)
	case FRR:
		return readFRR(text)
	}
	panic(fmt.Sprintf("confdiff: no platform %q", platform))
}
