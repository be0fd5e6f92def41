package render

import (
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/frrtest"
	"github.com/ercfg/ercfg/internal/plan"
)

// needPrograms ends a test where a program is not installed: as skipped, or as
// failed where the lab is compulsory.
func needPrograms(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("ERCFG_LAB") == "must" {
				t.Fatalf("ERCFG_LAB=must: %v", err)
			}
			t.Skip(err)
		}
	}
}

// charonConf is strongSwan's own configuration in the laboratory. The kernel
// may have no IPsec, so ESP is done in the daemon itself (kernel-libipsec). There
// XFRM interface IDs mean nothing.
const charonConf = `charon-systemd {
	load_modular = yes
	plugins {
		include /etc/strongswan.d/charon/*.conf
		kernel-libipsec {
			load = yes
		}
	}
	filelog {
		log {
			path = /run/charon.log
			default = 1
			flush_line = yes
		}
	}
}
`

// strongSwanEnv makes the daemon and swanctl read the router's own files.
const strongSwanEnv = "STRONGSWAN_CONF=/run/strongswan.conf SWANCTL_DIR=/run/swanctl "

// A charon is a strongSwan of one router.
type charon struct {
	t *testing.T
	r *frrtest.Router
}

// startCharon starts the daemon with the text of a swanctl.conf. It ends with
// the router.
func startCharon(t *testing.T, r *frrtest.Router, swanctl string) charon {
	t.Helper()
	c := charon{t, r}
	c.sh("mkdir /run/swanctl")
	r.WriteFile("/run/strongswan.conf", charonConf)
	r.WriteFile("/run/swanctl/swanctl.conf", swanctl)
	c.sh(strongSwanEnv + "/usr/sbin/charon-systemd </dev/null >/run/charon.out 2>&1 &")
	frrtest.WaitFor(t, startLimit, "charon listens", func() (bool, string) {
		out, err := r.Exec(t.Context(), "sh", "-c", strongSwanEnv+"swanctl --stats")
		return err == nil, out
	})
	return c
}

func (c charon) sh(command string) string {
	c.t.Helper()
	out, err := c.r.Exec(c.t.Context(), "sh", "-c", command)
	if err != nil {
		c.t.Fatalf("%s: %v", c.r.Name, err)
	}
	return out
}

// load loads the configuration as strongSwan's unit does and returns the names
// of the connections and secrets that were taken.
func (c charon) load() []string {
	c.t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^loaded (?:connection|ike secret) '(.*)'$`).FindAllStringSubmatch(c.sh(strongSwanEnv+"swanctl --load-all --noprompt 2>&1"), -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return out
}

// selected lists the proposals that the daemon has agreed on, sorted, each once.
func (c charon) selected() []string {
	c.t.Helper()
	var out []string
	for _, m := range regexp.MustCompile(`selected proposal: (\S+)`).FindAllStringSubmatch(c.sh("cat /run/charon.log"), -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// transforms are Azure's words as strongSwan logs what was negotiated: the
// names of IANA's IKEv2 parameters. The table of the templates has no part in
// it.
var transforms = map[string]string{
	"gcmaes256": "AES_GCM_16_256", "gcmaes192": "AES_GCM_16_192", "gcmaes128": "AES_GCM_16_128",
	"aes256": "AES_CBC_256", "aes192": "AES_CBC_192", "aes128": "AES_CBC_128", "des3": "3DES_CBC", "des": "DES_CBC", "none": "NULL",
	"sha384": "HMAC_SHA2_384_192", "sha256": "HMAC_SHA2_256_128", "sha1": "HMAC_SHA1_96", "md5": "HMAC_MD5_96",
	"24": "MODP_2048_256", "20": "ECP_384", "19": "ECP_256", "14": "MODP_2048", "2": "MODP_1024", "1": "MODP_768",
}

// prfs are the pseudo-random functions of the integrity words.
var prfs = map[string]string{"sha384": "PRF_HMAC_SHA2_384", "sha256": "PRF_HMAC_SHA2_256", "sha1": "PRF_HMAC_SHA1", "md5": "PRF_HMAC_MD5"}

// azureGateway is the responder: a hand-written strongSwan that takes
// everything that Azure's policies can ask for, from anyone with the key.
const azureGateway = `connections {
	gateway {
		version = 0
		proposals = aes256-aes192-aes128-3des-des-sha384-sha256-sha1-md5-modp2048s256-ecp384-ecp256-modp2048-modp1024-modp768, aes256gcm16-aes128gcm16-prfsha384-prfsha256-prfsha1-prfmd5-modp2048s256-ecp384-ecp256-modp2048-modp1024-modp768
		mobike = no
		local {
			auth = psk
		}
		remote {
			auth = psk
		}
		children {
			any {
				local_ts = 0.0.0.0/0
				remote_ts = 0.0.0.0/0
				esp_proposals = ESP
			}
		}
	}
	OWN
}
secrets {
	ike-any {
		secret = "S3cret"
	}
}
`

// espOfAzure are the gateway's ESP proposals, with and without perfect forward
// secrecy.
const espOfAzure = "aes256gcm16-aes192gcm16-aes128gcm16-modp2048s256-ecp384-ecp256-modp2048-modp1024-modp768, aes256gcm16-aes192gcm16-aes128gcm16, " +
	"aes256-aes192-aes128-3des-des-null-sha256-sha1-md5-modp2048s256-ecp384-ecp256-modp2048-modp1024-modp768, aes256-aes192-aes128-3des-des-null-sha256-sha1-md5"

// everyAlgorithm makes tunnels that have each of Azure's words at least once.
func everyAlgorithm(like plan.Tunnel) []plan.Tunnel {
	word := func(table []Spelling, i int) string { return table[i%len(table)].Azure }
	var out []plan.Tunnel
	for i := range 9 { // as many as the longest table has
		d := like
		d.Interface = "vti" + strconv.Itoa(i+1)
		d.Remote = netip.AddrFrom4([4]byte{203, 0, 113, byte(10 + i)})
		d.IPsec.IKE.Encryption, d.IPsec.IKE.Integrity = word(ikeEncryptions(), i), word(ikeIntegrities(), i)
		d.IPsec.ESP.Encryption, d.IPsec.ESP.Integrity = word(espEncryptions(), i), word(espIntegrities(), i)
		if strings.HasPrefix(d.IPsec.ESP.Encryption, "gcm") {
			d.IPsec.ESP.Integrity = d.IPsec.ESP.Encryption
		}
		fmt.Sscan(word(groups(), i), &d.IPsec.IKE.DHGroup)
		if d.IPsec.ESP.PFSGroup = 0; i != 8 {
			fmt.Sscan(word(groups(), i+1), &d.IPsec.ESP.PFSGroup)
		}
		out = append(out, d)
	}
	return out
}

// negotiated is what both ends have to agree on for d, as strongSwan logs it:
// IKE, ESP of the first security association, which IKE's own key exchange
// protects (RFC 7296 §1.2), and ESP of every later one.
func negotiated(d *plan.Tunnel) []string {
	ike, esp := d.IPsec.IKE, d.IPsec.ESP
	first := "IKE:" + transforms[ike.Encryption]
	if !strings.HasPrefix(ike.Encryption, "gcm") {
		first += "/" + transforms[ike.Integrity]
	}
	first += "/" + prfs[ike.Integrity] + "/" + transforms[strconv.Itoa(ike.DHGroup)]
	algorithms := "ESP:" + transforms[esp.Encryption]
	if !strings.HasPrefix(esp.Encryption, "gcm") {
		algorithms += "/" + transforms[esp.Integrity]
	}
	later := algorithms
	if esp.PFSGroup != 0 {
		later += "/" + transforms[strconv.Itoa(esp.PFSGroup)]
	}
	return []string{first, algorithms + "/NO_EXT_SEQ", later + "/NO_EXT_SEQ"}
}

// A real strongSwan takes the swanctl.conf and negotiates with another one what
// the plan says, with every algorithm that Azure has. The test sees no packet
// in a tunnel: XFRM interfaces need a kernel that has them, and which identity
// an Azure gateway shows is Azure's matter.
func TestStrongSwanNegotiates(t *testing.T) {
	t.Parallel()
	needPrograms(t, "charon-systemd", "swanctl")
	var tunnels []plan.Tunnel
	text := linuxFiles(t, func(r *plan.Router) {
		r.Tunnels = everyAlgorithm(r.Tunnels[0])
		tunnels = r.Tunnels
	})[".frr.swanctl.conf"]
	text = strings.ReplaceAll(text, tunnels[0].IPsec.PSK.Placeholder(), "S3cret")

	ours, azure := facing(t, tunnels)
	var want, names []string
	for i := range tunnels {
		want = append(want, negotiated(&tunnels[i])...)
		names = append(names, tunnels[i].Interface, "ike-"+tunnels[i].Interface)
	}
	slices.Sort(want)
	slices.Sort(names)

	gateway := startCharon(t, azure, strings.NewReplacer("ESP", espOfAzure, "OWN", "").Replace(azureGateway))
	gateway.load()
	router := startCharon(t, ours, text)
	if diff := cmp.Diff(names, router.load()); diff != "" {
		t.Errorf("loaded (-want +swanctl):\n%s", diff)
	}
	established := regexp.MustCompile(`(?m)^(vti\d): #\d+, ESTABLISHED, IKEv2`)
	frrtest.WaitFor(t, negotiation, "every IKE SA is up", func() (bool, string) {
		out := router.sh(strongSwanEnv + "swanctl --list-sas")
		return len(established.FindAllString(out, -1)) == len(tunnels), out
	})
	for i := range tunnels {
		router.sh(strongSwanEnv + "swanctl --rekey --child " + tunnels[i].Interface + " || true")
	}
	frrtest.WaitFor(t, negotiation, "every proposal is agreed on", func() (bool, string) {
		diff := cmp.Diff(slices.Compact(want), router.selected())
		return diff == "", "(-want +negotiated)\n" + diff
	})
}

// facing makes the two ends of tunnels: the router with their local addresses,
// and on the far side of a wire the gateway with the remote ones.
func facing(t *testing.T, tunnels []plan.Tunnel) (ours, azure *frrtest.Router) {
	t.Helper()
	n := frrtest.New(t)
	ours, azure = n.Router("linux"), n.Router("azure")
	n.Link(ours, "wan", azure, "wan")
	ip := func(r *frrtest.Router, words string) {
		if _, err := r.Exec(t.Context(), append([]string{"ip"}, strings.Fields(words)...)...); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range []*frrtest.Router{ours, azure} {
		// kernel-libipsec routes everything into the first tunnel, IKE too: the
		// main table has to answer before its own.
		ip(r, "rule add pref 100 table main")
	}
	for i := range tunnels {
		local, remote := tunnels[i].Local.String(), tunnels[i].Remote.String()
		ip(ours, "address replace "+local+"/32 dev wan")
		ip(azure, "address replace "+remote+"/32 dev wan")
	}
	for i := range tunnels {
		local, remote := tunnels[i].Local.String(), tunnels[i].Remote.String()
		ip(ours, "route replace "+remote+" dev wan src "+local)
		ip(azure, "route replace "+local+" dev wan src "+remote)
	}
	return ours, azure
}

// A tunnel that waits makes no attempt of its own and answers the gateway;
// another one is made in IKEv1. The connections of the handmade router are of
// both kinds.
func TestStrongSwanWaits(t *testing.T) {
	t.Parallel()
	needPrograms(t, "charon-systemd", "swanctl")
	var tunnels []plan.Tunnel
	files := linuxFiles(t, func(r *plan.Router) {
		r.Tunnels = r.Tunnels[3:] // ipsec-d, which waits, and old-c
		tunnels = r.Tunnels
	})
	text := strings.ReplaceAll(files[".frr.swanctl.conf"], tunnels[0].IPsec.PSK.Placeholder(), "S3cret")
	ours, azure := facing(t, tunnels)
	gateway := startCharon(t, azure, strings.NewReplacer("ESP", espOfAzure, "OWN", `caller {
		version = 2
		local_addrs = 10.70.255.7
		remote_addrs = 192.0.2.1
		proposals = aes256gcm16-prfsha384-ecp384
		local {
			auth = psk
		}
		remote {
			auth = psk
		}
		children {
			call {
				local_ts = 0.0.0.0/0
				remote_ts = 0.0.0.0/0
				esp_proposals = aes256-sha256-ecp384
			}
		}
	}`).Replace(azureGateway))
	gateway.load()
	router := startCharon(t, ours, text)
	if diff := cmp.Diff([]string{"ike-vti4", "ike-vti5", "vti4", "vti5"}, router.load()); diff != "" {
		t.Errorf("loaded (-want +swanctl):\n%s", diff)
	}
	sas := func() string { return router.sh(strongSwanEnv + "swanctl --list-sas") }
	up := func(name string) func() (bool, string) {
		return func() (bool, string) {
			out := sas()
			return regexp.MustCompile(name+`: #\d+, ESTABLISHED`).MatchString(out) && regexp.MustCompile(name+`: #\d+, reqid \d+, INSTALLED`).MatchString(out), out
		}
	}
	frrtest.WaitFor(t, negotiation, "the tunnel of our own making is up", up("vti5"))
	if out := sas(); strings.Contains(out, "vti4") || !strings.Contains(out, "vti5: #1, ESTABLISHED, IKEv1") {
		t.Errorf("vti4 has to wait, and vti5 to be IKEv1:\n%s", out)
	}
	gateway.sh(strongSwanEnv + "swanctl --initiate --child call --timeout 20")
	frrtest.WaitFor(t, negotiation, "the gateway's tunnel is up", up("vti4"))
}

// negotiation is how long all tunnels may take: half a second on an idle
// machine.
const negotiation = 30 * time.Second
