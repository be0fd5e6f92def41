package expressroute

import "github.com/ercfg/ercfg/internal/bgp"

// Region is an Azure region with a community of its own.
type Region struct {
	Code   string // Azure's short name, such as uksouth
	Name   string // such as UK South
	Number int    // 2–99: what is added to a community base
}

// RegionByCode finds a region by Azure's short name, in lower case. Azure has
// more regions than the documents list, so an unknown code is no mistake.
// Source: expressroute-routing.md.
func RegionByCode(code string) (Region, bool) {
	for _, r := range regions() {
		if r.Code == code {
			return r, true
		}
	}
	return Region{}, false
}

// RegionByNumber finds a region by its number. 22 and 23, once printed for
// West US 2 and West Central US, are nobody's.
func RegionByNumber(number int) (Region, bool) {
	for _, r := range regions() {
		if r.Number == number {
			return r, true
		}
	}
	return Region{}, false
}

// PrivateCommunity is what the region's prefixes carry on private peering,
// where their VNet has a custom community too. Source: expressroute-routing.md.
func (r Region) PrivateCommunity() bgp.Community { return community(PrivateRegionBase + r.Number) }

// regions is the table of expressroute-routing.md, by number.
func regions() []Region {
	return []Region{
		{"westeurope", "West Europe", 2},
		{"northeurope", "North Europe", 3},
		{"eastus", "East US", 4},
		{"eastus2", "East US 2", 5},
		{"westus", "West US", 6},
		{"northcentralus", "North Central US", 7},
		{"southcentralus", "South Central US", 8},
		{"centralus", "Central US", 9},
		{"eastasia", "East Asia", 10},
		{"southeastasia", "Southeast Asia", 11},
		{"japaneast", "Japan East", 12},
		{"japanwest", "Japan West", 13},
		{"brazilsouth", "Brazil South", 14},
		{"australiaeast", "Australia East", 15},
		{"australiasoutheast", "Australia Southeast", 16},
		{"centralindia", "India Central", 17},
		{"westindia", "India West", 18},
		{"southindia", "India South", 19},
		{"canadacentral", "Canada Central", 20},
		{"canadaeast", "Canada East", 21},
		{"uksouth", "UK South", 24},
		{"ukwest", "UK West", 25},
		{"westus2", "West US 2", 26},
		{"westcentralus", "West Central US", 27},
		{"koreasouth", "Korea South", 28},
		{"koreacentral", "Korea Central", 29},
		{"francecentral", "France Central", 30},
		{"francesouth", "France South", 31},
		{"australiacentral", "Australia Central", 32},
		{"australiacentral2", "Australia Central 2", 33},
		{"southafricanorth", "South Africa North", 34},
		{"southafricawest", "South Africa West", 35},
		{"uaenorth", "UAE North", 36},
		{"uaecentral", "UAE Central", 37},
		{"switzerlandnorth", "Switzerland North", 38},
		{"switzerlandwest", "Switzerland West", 39},
		{"germanynorth", "Germany North", 40},
		{"germanywestcentral", "Germany West Central", 41},
		{"norwayeast", "Norway East", 42},
		{"norwaywest", "Norway West", 43},
		{"westus3", "West US 3", 44},
		{"newzealandnorth", "New Zealand North", 59},
	}
}
