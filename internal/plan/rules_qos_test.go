package plan

import "testing"

func TestRulesOfDSCP(t *testing.T) {
	t.Parallel()
	dscp := func(list string) []string { return []string{"vlan: 100", "dscp: [" + list + "]\n      vlan: 100"} }
	each(t, (*facts).checkDSCP, []change{
		{"nothing", twoMicrosoft, nil, nil},
		{"all that mean something", twoMicrosoft, dscp("46, 34, 18, 10, 0"), nil},
		{"none", twoMicrosoft, dscp(""), nil},
		{"another class", twoMicrosoft, dscp("46, 26"), []string{"ER190 warning 26"}},
		{"the largest", twoMicrosoft, dscp("63"), []string{"ER190 warning 63"}},
		{"too large", twoMicrosoft, dscp("64"), []string{"ER905 error 64"}},
		{"negative", twoMicrosoft, dscp("-1"), []string{"ER905 error -1"}},
		{"on private peering", twoPrivate, dscp("46"), []string{"ER190 warning 46"}},
	})
}
