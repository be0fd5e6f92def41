package expressroute

import (
	"fmt"

	"github.com/ercfg/ercfg/internal/bgp"
)

// Community bases: the value of a regional community is a base plus the
// region's number. Source: expressroute-routing.md.
const (
	PrivateRegionBase   = 50000 // private peering, VNets with a custom community only
	MicrosoftRegionBase = 51000 // Microsoft peering, as all below
	StorageBase         = 52000
	SQLBase             = 53000
	CosmosDBBase        = 54000
	BackupBase          = 55000
)

// CustomFirst and CustomLast bound the values that people use for a VNet's
// custom community. The range is commonly quoted; Microsoft's pages do not
// state it.
const (
	CustomFirst = 20000
	CustomLast  = 49999
)

// CommunityKind says what a community of Microsoft's stands for.
type CommunityKind uint8

// The kinds of communities.
const (
	UnknownCommunity   CommunityKind = iota // not Microsoft's, or a value in no range below
	PrivateRegion                           // a region's VNets
	MicrosoftRegion                         // a region's public services
	RegionStorage                           // Storage of a region
	RegionSQL                               // SQL of a region
	RegionCosmosDB                          // Cosmos DB of a region
	RegionBackup                            // Backup of a region
	ServiceCommunity                        // one service, all regions
	CustomCommunity                         // one VNet, number chosen by the customer
	NationalCloud                           // a region or service of a national cloud
	communityKindCount = iota
)

// String returns a name for messages.
func (k CommunityKind) String() string {
	if int(k) >= communityKindCount {
		panic(fmt.Sprintf("expressroute: no community kind %d", uint8(k)))
	}
	return [communityKindCount]string{
		"unknown", "region on private peering", "region on Microsoft peering", "regional storage", "regional SQL",
		"regional Cosmos DB", "regional backup", "service", "custom", "national cloud",
	}[k]
}

// CommunityFacts is what is known of a community.
type CommunityFacts struct {
	Kind CommunityKind
	// Text says what the community stands for, in a few words without a full
	// stop; for a value that is not Known it says why.
	Text string
	// Region is zero unless the kind is regional and the number in the table.
	Region Region
	// Known is false for what the tables lack: a typo, or newer than they are.
	Known bool
	// Microsoft365 marks a service of Microsoft 365: it needs a Premium
	// circuit and Microsoft's authorisation, and does not exist in the cloud
	// that 21Vianet runs. Source: expressroute-faqs.md, expressroute-routing.md.
	Microsoft365 bool
}

// ClassifyCommunity says what a community means that Microsoft sends. Source:
// expressroute-routing.md, bgp-communities.md; the live list is
// Get-AzBgpServiceCommunity.
func ClassifyCommunity(c bgp.Community) CommunityFacts {
	if bgp.ASN(c.ASN()) != MicrosoftASN {
		return CommunityFacts{Text: fmt.Sprintf("not one of Microsoft's, which begin with %s", MicrosoftASN)}
	}
	value := int(c.Value())
	if f, ok := service(value); ok {
		return f
	}
	if name, ok := nationalRegion(value); ok {
		return CommunityFacts{Kind: NationalCloud, Text: name, Known: true}
	}
	if CustomFirst <= value && value <= CustomLast {
		return CommunityFacts{Kind: CustomCommunity, Text: "custom community of a VNet", Known: true}
	}
	base := value / 1000 * 1000
	switch base {
	case PrivateRegionBase:
		return regional(PrivateRegion, value-base, "VNets in ")
	case MicrosoftRegionBase:
		return regional(MicrosoftRegion, value-base, "")
	case StorageBase:
		return regional(RegionStorage, value-base, "Storage in ")
	case SQLBase:
		return regional(RegionSQL, value-base, "SQL in ")
	case CosmosDBBase:
		return regional(RegionCosmosDB, value-base, "Cosmos DB in ")
	case BackupBase:
		return regional(RegionBackup, value-base, "Backup in ")
	}
	return CommunityFacts{Text: "no value that Microsoft documents"}
}

// On reports whether routes of a peering can carry the community. The answer
// for UnknownCommunity is always yes: nobody knows. Source:
// expressroute-routing.md.
func (f CommunityFacts) On(p Peering) bool {
	switch f.Kind {
	case UnknownCommunity:
		return true
	case PrivateRegion, CustomCommunity:
		return p == PrivatePeering
	default:
		return p == MicrosoftPeering
	}
}

func regional(kind CommunityKind, number int, of string) CommunityFacts {
	if r, ok := RegionByNumber(number); ok {
		return CommunityFacts{Kind: kind, Text: of + r.Name, Region: r, Known: true}
	}
	text := fmt.Sprintf("%sa region with the unknown number %02d", of, number)
	switch number {
	case 22:
		text += ", once printed for West US 2, which has 26"
	case 23:
		text += ", once printed for West Central US, which has 27"
	}
	return CommunityFacts{Kind: kind, Text: text}
}

// service is the table of services, the worldwide cloud's and US Government's.
func service(value int) (CommunityFacts, bool) {
	f := CommunityFacts{Kind: ServiceCommunity, Known: true}
	switch value {
	case 5010:
		f.Text, f.Microsoft365 = "Exchange Online", true
	case 5020:
		f.Text, f.Microsoft365 = "SharePoint Online", true
	case 5030:
		f.Text, f.Microsoft365 = "Skype for Business and Teams", true
	case 5040:
		f.Text = "CRM Online (Dynamics up to 8.2)"
	case 5050:
		f.Text = "Azure global services (Azure DevOps)"
	case 5060:
		f.Text = "Microsoft Entra ID"
	case 5070:
		f.Text = "Azure Resource Manager"
	case 5100:
		f.Text, f.Microsoft365 = "other Office 365 services", true
	case 5220:
		f.Text = "Defender for Identity"
	case 5250:
		f.Text = "PSTN services"
	case 5110:
		f.Kind, f.Text, f.Microsoft365 = NationalCloud, "Exchange Online in US Government", true
	case 5120:
		f.Kind, f.Text, f.Microsoft365 = NationalCloud, "SharePoint Online in US Government", true
	case 5130:
		f.Kind, f.Text, f.Microsoft365 = NationalCloud, "Skype for Business in US Government", true
	case 5160:
		f.Kind, f.Text = NationalCloud, "Microsoft Entra ID in US Government"
	case 5200:
		f.Kind, f.Text, f.Microsoft365 = NationalCloud, "other Office 365 services in US Government", true
	default:
		return CommunityFacts{}, false
	}
	return f, true
}

// nationalRegion is the table of regions of national clouds.
func nationalRegion(value int) (string, bool) {
	switch value {
	case 51105:
		return "US Gov Virginia", true
	case 51106:
		return "US Gov Arizona", true
	case 51108:
		return "US Gov Texas", true
	case 51109:
		return "US Gov Iowa", true
	case 51205:
		return "US DoD East", true
	case 51209:
		return "US DoD Central", true
	case 51301:
		return "China North", true
	case 51302:
		return "China East", true
	case 51303:
		return "China East 2", true
	case 51304:
		return "China North 2", true
	case 51305:
		return "China North 3", true
	}
	return "", false
}

// community gives a value of Microsoft's its upper half.
func community(value int) bgp.Community {
	return bgp.Community(uint32(MicrosoftASN)<<16 | uint32(value))
}
