package render

import "fmt"

// ikeEncryptions are what may encrypt IKE. Sources: Cisco IOS-XE Command
// Reference, encryption (IKEv2 proposal); Juniper, encryption-algorithm
// (security ike); strongSwan, Algorithm Proposals.
func ikeEncryptions() []Spelling {
	return spellings("IKE encryption", [][4]string{
		{"gcmaes256", "aes-gcm-256", "aes-256-gcm", "aes256gcm16"},
		{"gcmaes128", "aes-gcm-128", "aes-128-gcm", "aes128gcm16"},
		{"aes256", "aes-cbc-256", "aes-256-cbc", "aes256"},
		{"aes192", "aes-cbc-192", "aes-192-cbc", "aes192"},
		{"aes128", "aes-cbc-128", "aes-128-cbc", "aes128"},
		{"des3", "3des", "3des-cbc", "3des"},
		{"des", "des", "des-cbc", "des"},
	})
}

// ikeIntegrities are what may protect IKE; with GCM they are its
// pseudo-random function. Sources: as ikeEncryptions.
func ikeIntegrities() []Spelling {
	return spellings("IKE integrity", [][4]string{
		{"sha384", "sha384", "sha-384", "sha384"},
		{"sha256", "sha256", "sha-256", "sha256"},
		{"sha1", "sha1", "sha1", "sha1"},
		{"md5", "md5", "md5", "md5"},
	})
}

// groups are the Diffie-Hellman groups, by their number. Sources: as
// ikeEncryptions; Cisco, set pfs.
func groups() []Spelling {
	return spellings("Group", [][4]string{
		{"24", "24", "group24", "modp2048s256"},
		{"20", "20", "group20", "ecp384"},
		{"19", "19", "group19", "ecp256"},
		{"14", "14", "group14", "modp2048"},
		{"2", "2", "group2", "modp1024"},
		{"1", "1", "group1", "modp768"},
	})
}

// espEncryptions are what may encrypt the traffic. Sources: Cisco IOS-XE
// Command Reference, crypto ipsec transform-set; Juniper, encryption-algorithm
// (security ipsec); strongSwan, Algorithm Proposals.
func espEncryptions() []Spelling {
	return spellings("ESP encryption", [][4]string{
		{"gcmaes256", "esp-gcm 256", "aes-256-gcm", "aes256gcm16"},
		{"gcmaes192", "esp-gcm 192", "aes-192-gcm", "aes192gcm16"},
		{"gcmaes128", "esp-gcm", "aes-128-gcm", "aes128gcm16"},
		{"aes256", "esp-aes 256", "aes-256-cbc", "aes256"},
		{"aes192", "esp-aes 192", "aes-192-cbc", "aes192"},
		{"aes128", "esp-aes", "aes-128-cbc", "aes128"},
		{"des3", "esp-3des", "3des-cbc", "3des"},
		{"des", "esp-des", "des-cbc", "des"},
		{"none", "esp-null", "", "null"},
	})
}

// espIntegrities are what may protect the traffic, beside GCM, which does so
// itself. Sources: as espEncryptions.
func espIntegrities() []Spelling {
	return spellings("ESP integrity", [][4]string{
		{"sha256", "esp-sha256-hmac", "hmac-sha-256-128", "sha256"},
		{"sha1", "esp-sha-hmac", "hmac-sha1-96", "sha1"},
		{"md5", "esp-md5-hmac", "hmac-md5-96", "md5"},
	})
}

// spellings makes the table of one use from rows in the order of Spelling's
// fields.
func spellings(use string, rows [][4]string) []Spelling {
	out := make([]Spelling, len(rows))
	for i, row := range rows {
		out[i] = Spelling{use, row[0], row[1], row[2], row[3]}
	}
	return out
}

// spelled finds a word of Azure's in a table. The plan holds no other: a word
// that is not there is our own mistake.
func spelled(table []Spelling, word string) Spelling {
	for _, a := range table {
		if a.Azure == word {
			return a
		}
	}
	panic(fmt.Sprintf("render: no algorithm %q", word))
}
