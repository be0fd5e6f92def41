package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxIfIndex is the highest ifIndex (RFC 2863 §3.1.5: InterfaceIndex).
const maxIfIndex = 1<<31 - 1

// frrInterfaces asks the kernel, whose index is what an exporter on Linux tells. A login
// shell may lack the directories of the superuser.
const frrInterfaces = "PATH=$PATH:/usr/sbin:/sbin ip -j link show"

func (d *frr) interfaces(ctx context.Context, _ []string) (map[uint32]string, error) {
	r, err := d.conn.Exec(ctx, frrInterfaces, nil)
	if err != nil {
		return nil, err
	}
	if r.Code != 0 {
		return nil, fmt.Errorf("ip -j link show: exit code %d: %s", r.Code, firstLine(d.log(string(r.Stderr)+string(r.Stdout))))
	}
	return readLinuxInterfaces(string(r.Stdout))
}

// readLinuxInterfaces reads the answer of "ip -j link show" (iproute2, ip-link(8)).
func readLinuxInterfaces(output string) (map[uint32]string, error) {
	var list []struct {
		Index int64  `json:"ifindex"`
		Name  string `json:"ifname"`
	}
	if err := json.Unmarshal([]byte(output), &list); err != nil {
		return nil, notJSON(output, err)
	}
	out := make(map[uint32]string)
	for _, e := range list {
		if err := addInterface(out, e.Index, e.Name); err != nil {
			return nil, err
		}
	}
	return out, someInterfaces(out)
}

// addInterface takes one interface. Two of one number would put traffic on the wrong
// path.
func addInterface(to map[uint32]string, index int64, name string) error {
	if name == "" || index < 1 || index > maxIfIndex {
		return fmt.Errorf("interface %q has the ifIndex %d", name, index)
	}
	if other, ok := to[uint32(index)]; ok && other != name {
		return fmt.Errorf("%q and %q have the same ifIndex %d", other, name, index)
	}
	to[uint32(index)] = name
	return nil
}

// someInterfaces refuses an answer without any: every router has one.
func someInterfaces(found map[uint32]string) error {
	if len(found) == 0 {
		return errors.New("the router lists no interface")
	}
	return nil
}

// iosxeInterfaces lists the interfaces of the IF-MIB (Cisco, SNMP Command Reference,
// show snmp mib ifmib ifindex).
const iosxeInterfaces = "show snmp mib ifmib ifindex"

func (d *iosxe) interfaces(ctx context.Context, _ []string) (map[uint32]string, error) {
	text, err := d.ask(ctx, iosxeInterfaces)
	if err != nil {
		return nil, err
	}
	return readIOSXEInterfaces(text)
}

// iosxeIfIndex is a line of the list, as captures of routers have it. Releases of Cisco
// IOS name the layer of a subinterface, too; its number is then the subinterface's. Other
// layers, such as those of ATM, are interfaces that no plan names.
var iosxeIfIndex = regexp.MustCompile(`^(\S+?)(?:-802\.1Q vLAN subif)?: Ifindex = (\d+)$`)

// readIOSXEInterfaces reads the list. A line that begins otherwise is of an interface
// that has a blank in its name, and no plan has that.
func readIOSXEInterfaces(output string) (map[uint32]string, error) {
	out := make(map[uint32]string)
	for line := range strings.Lines(output) {
		m := iosxeIfIndex.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		index, err := strconv.ParseInt(m[2], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("ifIndex of %s: %q is no number", m[1], m[2])
		}
		if err := addInterface(out, index, m[1]); err != nil {
			return nil, err
		}
	}
	return out, someInterfaces(out)
}

// junosPortCommand asks for a port and its units. The list of all interfaces may have
// thousands; and "show snmp mib walk" needs a router that runs SNMP.
func junosPortCommand(port string) string { return "show interfaces " + port + junosJSON }

// junosPorts are the ports of units, each once.
func junosPorts(units []string) []string {
	var out []string
	for _, name := range units {
		port, _, _ := strings.Cut(name, ".")
		out = append(out, port)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (d *junos) interfaces(ctx context.Context, names []string) (map[uint32]string, error) {
	out := make(map[uint32]string)
	var faults []error
	for _, port := range junosPorts(names) {
		text, err := d.say(ctx, junosPortCommand(port))
		if err != nil {
			return out, errors.Join(append(faults, err)...)
		}
		if err := readJunosInterfaces(out, text); err != nil {
			faults = append(faults, fmt.Errorf("show interfaces %s: %w", port, err))
		}
	}
	return out, errors.Join(faults...)
}

// readJunosInterfaces adds a port and its units (Juniper, CLI Reference, show interfaces:
// "SNMP ifIndex"; the elements are snmp-index and name). A port that the router does not
// have is an answer in words, and an error.
func readJunosInterfaces(to map[uint32]string, output string) error {
	doc, err := parseJunos(output)
	if err != nil {
		return err
	}
	tables := junosFind(doc, "interface-information")
	if len(tables) == 0 {
		return noTable(junosOutput(doc))
	}
	found := 0
	for _, table := range tables {
		for _, port := range table.list("physical-interface") {
			for _, one := range append([]junosObject{port}, port.list("logical-interface")...) {
				index, ok := one.number("snmp-index")
				if !ok || index == 0 { // internal units have none
					continue
				}
				if err := addInterface(to, int64(index), strings.TrimSpace(one.text("name"))); err != nil {
					return err
				}
				found++
			}
		}
	}
	if found == 0 {
		return errors.New("the router tells no SNMP ifIndex")
	}
	return nil
}
