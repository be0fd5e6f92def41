package expressroute

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ercfg/ercfg/internal/bgp"
)

func TestClassifyCommunity(t *testing.T) {
	t.Parallel()
	uk := Region{"uksouth", "UK South", 24}
	for text, want := range map[string]CommunityFacts{
		"12076:50024": {Kind: PrivateRegion, Text: "VNets in UK South", Region: uk, Known: true},
		"12076:51024": {Kind: MicrosoftRegion, Text: "UK South", Region: uk, Known: true},
		"12076:52024": {Kind: RegionStorage, Text: "Storage in UK South", Region: uk, Known: true},
		"12076:53024": {Kind: RegionSQL, Text: "SQL in UK South", Region: uk, Known: true},
		"12076:54024": {Kind: RegionCosmosDB, Text: "Cosmos DB in UK South", Region: uk, Known: true},
		"12076:55024": {Kind: RegionBackup, Text: "Backup in UK South", Region: uk, Known: true},

		"12076:51000": {Kind: MicrosoftRegion, Text: "a region with the unknown number 00"},
		"12076:51022": {Kind: MicrosoftRegion, Text: "a region with the unknown number 22, once printed for West US 2, which has 26"},
		"12076:50023": {Kind: PrivateRegion, Text: "VNets in a region with the unknown number 23, once printed for West Central US, which has 27"},
		"12076:52999": {Kind: RegionStorage, Text: "Storage in a region with the unknown number 999"},

		"12076:5010": {Kind: ServiceCommunity, Text: "Exchange Online", Known: true, Microsoft365: true},
		"12076:5020": {Kind: ServiceCommunity, Text: "SharePoint Online", Known: true, Microsoft365: true},
		"12076:5030": {Kind: ServiceCommunity, Text: "Skype for Business and Teams", Known: true, Microsoft365: true},
		"12076:5040": {Kind: ServiceCommunity, Text: "CRM Online (Dynamics up to 8.2)", Known: true},
		"12076:5050": {Kind: ServiceCommunity, Text: "Azure global services (Azure DevOps)", Known: true},
		"12076:5060": {Kind: ServiceCommunity, Text: "Microsoft Entra ID", Known: true},
		"12076:5070": {Kind: ServiceCommunity, Text: "Azure Resource Manager", Known: true},
		"12076:5100": {Kind: ServiceCommunity, Text: "other Office 365 services", Known: true, Microsoft365: true},
		"12076:5220": {Kind: ServiceCommunity, Text: "Defender for Identity", Known: true},
		"12076:5250": {Kind: ServiceCommunity, Text: "PSTN services", Known: true},

		"12076:5110":  {Kind: NationalCloud, Text: "Exchange Online in US Government", Known: true, Microsoft365: true},
		"12076:5120":  {Kind: NationalCloud, Text: "SharePoint Online in US Government", Known: true, Microsoft365: true},
		"12076:5130":  {Kind: NationalCloud, Text: "Skype for Business in US Government", Known: true, Microsoft365: true},
		"12076:5160":  {Kind: NationalCloud, Text: "Microsoft Entra ID in US Government", Known: true},
		"12076:5200":  {Kind: NationalCloud, Text: "other Office 365 services in US Government", Known: true, Microsoft365: true},
		"12076:51105": {Kind: NationalCloud, Text: "US Gov Virginia", Known: true},
		"12076:51106": {Kind: NationalCloud, Text: "US Gov Arizona", Known: true},
		"12076:51108": {Kind: NationalCloud, Text: "US Gov Texas", Known: true},
		"12076:51109": {Kind: NationalCloud, Text: "US Gov Iowa", Known: true},
		"12076:51205": {Kind: NationalCloud, Text: "US DoD East", Known: true},
		"12076:51209": {Kind: NationalCloud, Text: "US DoD Central", Known: true},
		"12076:51301": {Kind: NationalCloud, Text: "China North", Known: true},
		"12076:51302": {Kind: NationalCloud, Text: "China East", Known: true},
		"12076:51303": {Kind: NationalCloud, Text: "China East 2", Known: true},
		"12076:51304": {Kind: NationalCloud, Text: "China North 2", Known: true},
		"12076:51305": {Kind: NationalCloud, Text: "China North 3", Known: true},

		"12076:20000": {Kind: CustomCommunity, Text: "custom community of a VNet", Known: true},
		"12076:49999": {Kind: CustomCommunity, Text: "custom community of a VNet", Known: true},
		"12076:19999": {Text: "no value that Microsoft documents"},
		"12076:56000": {Text: "no value that Microsoft documents"},
		"12076:0":     {Text: "no value that Microsoft documents"},
		"65010:51024": {Text: "not one of Microsoft's, which begin with 12076"},
	} {
		c, err := bgp.ParseCommunity(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, ClassifyCommunity(c)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// All 65,536 values have a text, a kind with a name, and a place where they
// can be seen; a region leads to its own communities and back.
func TestEveryCommunity(t *testing.T) {
	t.Parallel()
	for value := range 1 << 16 {
		c := community(value)
		f := ClassifyCommunity(c)
		if f.Text == "" || f.Kind.String() == "" {
			t.Errorf("%s has no text", c)
		}
		if !f.On(PrivatePeering) && !f.On(MicrosoftPeering) {
			t.Errorf("%s is on no peering", c)
		}
		if f.Kind == PrivateRegion && f.Known && f.Region.PrivateCommunity() != c {
			t.Errorf("%s leads to %s", c, f.Region.PrivateCommunity())
		}
		if f.Kind == MicrosoftRegion && f.Known && f.Region.onMicrosoftPeering() != c {
			t.Errorf("%s leads to %s", c, f.Region.onMicrosoftPeering())
		}
	}
}

func TestCommunityOn(t *testing.T) {
	t.Parallel()
	for value, want := range map[int][2]bool{
		50024: {true, false}, 50099: {true, false}, 20001: {true, false},
		51024: {false, true}, 51099: {false, true}, 52024: {false, true}, 53024: {false, true}, 54024: {false, true}, 55024: {false, true},
		5010: {false, true}, 51105: {false, true},
		1: {true, true},
	} {
		f := ClassifyCommunity(community(value))
		if diff := cmp.Diff(want, [2]bool{f.On(PrivatePeering), f.On(MicrosoftPeering)}); diff != "" {
			t.Errorf("%s on private, Microsoft (-want +got):\n%s", community(value), diff)
		}
	}
}
