package endpoint_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"clientele/internal/endpoint"
)

func TestRoomsSayTogetherWhatTheServerCan(t *testing.T) {
	first := endpoint.Capabilities{"grants": []string{"a", "b"}, "flag": true, "url": "x"}
	got, err := endpoint.Merge(first, endpoint.Capabilities{"grants": []string{"b", "c"}, "flag": true, "more": false})
	if err != nil {
		t.Fatal(err)
	}
	want := endpoint.Capabilities{"grants": []string{"a", "b", "c"}, "flag": true, "url": "x", "more": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "b"}, first["grants"]); diff != "" {
		t.Errorf("merging changed a room: %s", diff)
	}
}

func TestRoomsThatDisagreeAreFound(t *testing.T) {
	for name, other := range map[string]any{"another value": false, "another type": "x", "a list": []string{"x"}} {
		if _, err := endpoint.Merge(endpoint.Capabilities{"flag": true}, endpoint.Capabilities{"flag": other}); err == nil {
			t.Errorf("%s went through", name)
		}
	}
	if _, err := endpoint.Merge(endpoint.Capabilities{"list": []string{"x"}}, endpoint.Capabilities{"list": "x"}); err == nil {
		t.Error("a list and a string went through")
	}
}
