// Command serve runs emulated routers, so that push can be tried without any: one for
// each IOS-XE and Junos router of an intent, on ports of the loopback, with nothing of
// ercfg's configured yet. It writes what ssh needs to reach them into a directory and
// ends with Ctrl-C. What it shows of a router is emulated from the vendors' documents.
package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ercfg/ercfg/internal/intent"
	"github.com/ercfg/ercfg/internal/plan"
	"github.com/ercfg/ercfg/internal/push/emulator"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: serve FILE DIR    FILE is an intent, DIR gets ssh_config, known_hosts and a key")
		os.Exit(64)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(3)
	}
}

// serve runs the routers until ctx ends.
func serve(ctx context.Context, file, dir string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	doc, found := intent.Parse([]intent.File{{Name: file, Data: text}})
	if found.HasErrors() {
		return fmt.Errorf("%s has errors: ercfg validate shows them", file)
	}
	p, _ := plan.Resolve(doc, plan.Env{Today: time.Now()})
	if p == nil {
		return fmt.Errorf("%s has errors: ercfg validate shows them", file)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	key, err := newKey(filepath.Join(dir, "id_ed25519"))
	if err != nil {
		return err
	}
	var config, known strings.Builder
	for i := range p.Routers {
		r := &p.Routers[i]
		if r.Platform == plan.FRR {
			fmt.Printf("%s is FRR, which nobody need emulate: ercfg lab\n", r.Name)
			continue
		}
		e, err := emulator.Start(emulator.Options{Platform: r.Platform.String(), Name: r.Name, Running: bare(r), User: "netops", AuthorizedKey: key,
			Offers: offers(p, r), Settle: time.Second})
		if err != nil {
			return err
		}
		defer e.Close()
		host, port, err := net.SplitHostPort(e.Addr())
		if err != nil {
			return err
		}
		fmt.Fprintf(&config, "Host %s\n  HostName %s\n  Port %s\n  User netops\n  IdentityFile %s\n  UserKnownHostsFile %s\n",
			names(doc, r.Name), host, port, filepath.Join(dir, "id_ed25519"), filepath.Join(dir, "known_hosts"))
		fmt.Fprintf(&known, "[%s]:%s %s", host, port, ssh.MarshalAuthorizedKey(e.HostKey()))
		fmt.Printf("%s, an emulated %s, listens on %s\n", r.Name, r.Platform, e.Addr())
	}
	for name, text := range map[string]string{"ssh_config": config.String(), "known_hosts": known.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	fmt.Printf("ready: ercfg push %s --ssh-config %s --dry-run\n", file, filepath.Join(dir, "ssh_config"))
	<-ctx.Done()
	return nil
}

// names are what ssh may call a router: the host of the intent, and its own name.
func names(doc *intent.Document, router string) string {
	if e := doc.Intent.Routers.Get(router); e != nil && e.Value.SSH != nil && e.Value.SSH.Host.V != "" {
		return e.Value.SSH.Host.V + " " + router
	}
	return router
}

// newKey writes a key for the user to log in with.
func newKey(file string) (ssh.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	block, err := ssh.MarshalPrivateKey(private, "emulated routers")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
		return nil, err
	}
	return ssh.NewPublicKey(public)
}

// bare is what a router has before ercfg comes: its name, its ports and loopback, and
// on IOS-XE the archive that push needs.
func bare(r *plan.Router) string {
	var b strings.Builder
	if r.Platform == plan.Junos {
		fmt.Fprintf(&b, "set system host-name %s\n", r.Name)
		if a := r.Loopback.IPv4; a.IsValid() {
			fmt.Fprintf(&b, "set interfaces lo0 unit 0 family inet address %s/32\n", a)
		}
		return b.String()
	}
	fmt.Fprintf(&b, "hostname %s\narchive\n path flash:archive\n write-memory\n", r.Name)
	if a := r.Loopback.IPv4; a.IsValid() {
		fmt.Fprintf(&b, "interface %s\n ip address %s 255.255.255.255\n", r.Loopback.Interface, a)
	}
	seen := make(map[string]bool)
	for i := range r.Links {
		if name := r.Links[i].Interface; !seen[name] {
			seen[name] = true
			fmt.Fprintf(&b, "interface %s\n no ip address\n", name)
		}
	}
	return b.String()
}

// offers are what Azure's ends send, by neighbor.
func offers(p *plan.Plan, r *plan.Router) map[netip.Addr][]emulator.Offer {
	out := make(map[netip.Addr][]emulator.Offer)
	add := func(s *plan.Session, all []plan.Offer) {
		for _, o := range all {
			if plan.FamilyOf(o.Prefix.Addr()) == s.Family {
				offer := emulator.Offer{Prefix: o.Prefix, ASPath: []uint32{uint32(s.RemoteASN)}}
				for _, c := range o.Communities {
					offer.Communities = append(offer.Communities, c.String())
				}
				out[s.Neighbor] = append(out[s.Neighbor], offer)
			}
		}
	}
	for i := range r.Links {
		for j := range r.Links[i].Sessions {
			add(&r.Links[i].Sessions[j], p.OffersOn(&r.Links[i]))
		}
	}
	for i := range r.Tunnels {
		add(&r.Tunnels[i].Session, p.OffersIn(&r.Tunnels[i]))
	}
	return out
}
