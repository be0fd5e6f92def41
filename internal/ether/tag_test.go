package ether

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTag(t *testing.T) {
	t.Parallel()
	type result struct {
		QinQ bool
		Text string
	}
	for _, c := range []struct {
		name string
		tag  Tag
		want result
	}{
		{name: "one tag", tag: Tag{Inner: 150}, want: result{false, "150"}},
		{name: "two tags", tag: Tag{Outer: 301, Inner: 100}, want: result{true, "301.100"}},
		{name: "equal tags", tag: Tag{Outer: 100, Inner: 100}, want: result{true, "100.100"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, result{c.tag.QinQ(), c.tag.String()}); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", c.tag, diff)
			}
		})
	}
}
