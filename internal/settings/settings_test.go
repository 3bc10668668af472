package settings_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"clientele/internal/audit"
	"clientele/internal/settings"
	"clientele/internal/store"
	"clientele/internal/store/storetest"
)

var (
	morning = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	olga    = audit.Actor{Kind: audit.ActorOperator, ID: "usr_1", Name: "olga@example.com", Door: "dashboard"}
)

func keeper(s *store.Store) *settings.Keeper {
	return &settings.Keeper{Store: s, Now: func() time.Time { return morning }}
}

func TestAnEmptyTableMeansTheDefaults(t *testing.T) {
	k := keeper(storetest.Open(t))
	if got := k.Current(); got != settings.Default() {
		t.Errorf("before the first reading: %+v", got)
	}
	if err := k.Reload(t.Context()); err != nil || k.Current() != settings.Default() {
		t.Errorf("%+v, %v", k.Current(), err)
	}
}

// Each default is a value of its own definition, and each definition reads what it writes.
func TestEveryDefinitionReadsItsOwnText(t *testing.T) {
	seen := make(map[string]bool)
	for _, d := range settings.Definitions() {
		if d.Name == "" || d.Help == "" || d.Unit == "" || seen[d.Name] || strings.ToLower(d.Name) != d.Name {
			t.Errorf("%+v", d)
		}
		seen[d.Name] = true
		s := settings.Default()
		if err := d.Parse(&s, d.DefaultText()); err != nil || s != settings.Default() {
			t.Errorf("%s: its default %q gives %v", d.Name, d.DefaultText(), err)
		}
	}
}

func TestASettingIsChangedForEverybodyAndRecorded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		here, there := keeper(s), keeper(s)
		var told []string
		here.Changed = func(kind, name string) { told = append(told, kind+" "+name) }
		if err := here.Set(t.Context(), olga, "sign_up", "on"); err != nil {
			t.Fatal(err)
		}
		if !here.Current().SignUp || len(told) != 1 || told[0] != "setting sign_up" {
			t.Errorf("%+v, told %v", here.Current(), told)
		}
		if err := there.Reload(t.Context()); err != nil || !there.Current().SignUp {
			t.Errorf("elsewhere: %+v, %v", there.Current(), err)
		}
		events, err := s.Events(t.Context(), audit.Query{TargetKind: "setting", TargetID: "sign_up", Limit: 5})
		if err != nil || len(events) != 1 || events[0].Actor != olga || events[0].Changes[0] != (audit.FieldChange{Field: "sign_up", Before: "off", After: "on"}) {
			t.Errorf("%+v, %v", events, err)
		}
		if err := here.Set(t.Context(), olga, "sign_up", "yes"); err != nil || len(told) != 1 {
			t.Errorf("the same value again gives %v, told %v", err, told)
		}
	})
}

// What was set to its default is not kept, so that a later version may have a better one.
func TestAnEmptyValueGoesBackToTheDefault(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		k := keeper(s)
		for _, value := range []string{"90m", ""} {
			if err := k.Set(t.Context(), olga, "operator_session_idle", value); err != nil {
				t.Fatal(err)
			}
		}
		kept, err := s.Settings(t.Context())
		if err != nil || len(kept) != 0 || k.Current() != settings.Default() {
			t.Errorf("kept %v, %+v, %v", kept, k.Current(), err)
		}
	})
}

func TestValues(t *testing.T) {
	k := keeper(storetest.Open(t))
	for _, c := range []struct {
		name, value, want string // empty want: refused
	}{
		{"instance_name", " Orders Inc. ", "Orders Inc."},
		{"instance_name", "<b>", ""},
		{"instance_name", "a\nb", ""},
		{"instance_name", "a\x00b", ""},
		{"instance_name", "\xff", ""},
		{"instance_name", strings.Repeat("n", 65), ""},
		{"logo_url", "https://cdn.example.com/logo.png", "https://cdn.example.com/logo.png"},
		{"logo_url", "/ui/logo.png", "/ui/logo.png"},
		{"logo_url", "//evil.example/logo.png", ""},
		{"logo_url", "http://cdn.example.com/logo.png", ""},
		{"logo_url", "javascript:alert(1)", ""},
		{"logo_url", "https://a.example/x.png; script-src *", ""},
		{"logo_url", "https://a.example/\x00", ""},
		{"accent", "#1F4fd8", "#1F4fd8"},
		{"accent", "red", ""},
		{"accent", "#1f4fd8;}", ""},
		{"sign_up", "TRUE", "on"},
		{"sign_up", "maybe", ""},
		{"wildcard_redirects", "on", "on"},
		{"default_api", "https://api.example.com/", "https://api.example.com/"},
		{"default_api", "two words", ""},
		{"person_session_lifetime", "14d", "14d"},
		{"person_session_idle", "36h", "36h"},
		{"person_session_idle", "1h30m", "90m"},
		{"person_session_idle", "0", ""},
		{"person_session_idle", "30s", ""},
		{"person_session_idle", "999999999h", ""},
		{"person_session_idle", "-1h", ""},
		{"person_session_idle", "1", ""},
		{"person_session_idle", "15d", ""}, // beyond the lifetime
		{"person_session_idle", "99999999999999999999d", ""},
		{"change_retention", "0", "0"},
		{"change_retention", "365d", "365d"},
		{"use_retention", "0", ""},
	} {
		err := k.Set(t.Context(), olga, c.name, c.value)
		if c.want == "" {
			if wrong, ok := errors.AsType[*settings.InvalidValue](err); !ok || wrong.Name != c.name || wrong.Message == "" {
				t.Errorf("%s %q gives %v", c.name, c.value, err)
			}
			continue
		}
		d, _ := settings.Lookup(c.name)
		if got := d.Format(k.Current()); err != nil || got != c.want {
			t.Errorf("%s %q is %q, %v", c.name, c.value, got, err)
		}
	}
	if err := k.Set(t.Context(), olga, "colour", "red"); !errors.Is(err, settings.ErrUnknown) {
		t.Errorf("an unknown setting gives %v", err)
	}
}

// memory is a store whose rows a newer version wrote.
type memory map[string]string

func (m memory) Settings(context.Context) (map[string]string, error) { return m, nil }

func (m memory) SaveSettings(_ context.Context, writes []settings.Write) error {
	for _, w := range writes {
		m[w.Name] = w.Value
	}
	return nil
}

func TestAValueThatMakesNoSenseKeepsItsDefaultAndIsNamed(t *testing.T) {
	k := &settings.Keeper{Store: memory{"sign_up": "on", "accent": "chartreuse", "of_the_future": "x"}, Now: time.Now}
	err := k.Reload(t.Context())
	if wrong, ok := errors.AsType[*settings.InvalidValue](err); !ok || wrong.Name != "accent" {
		t.Errorf("%v", err)
	}
	if got := k.Current(); !got.SignUp || got.Accent != "" {
		t.Errorf("%+v", got)
	}
	if err := k.Set(t.Context(), olga, "accent", ""); err != nil {
		t.Errorf("setting it right gives %v", err)
	}
}

type broken struct{ memory }

func (broken) Settings(context.Context) (map[string]string, error) { return nil, errors.New("disk") }

func TestTroubleOfTheStoreLeavesTheSettingsInForce(t *testing.T) {
	m := memory{"sign_up": "on"}
	k := &settings.Keeper{Store: m, Now: time.Now}
	if err := k.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.Store = broken{m}
	if err := k.Reload(t.Context()); err == nil || !k.Current().SignUp {
		t.Errorf("%+v, %v", k.Current(), err)
	}
	if err := k.Set(t.Context(), olga, "sign_up", "off"); err == nil || !k.Current().SignUp {
		t.Errorf("%+v, %v", k.Current(), err)
	}
}

func TestAnEditOfWhatSomebodyElseChangedIsRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		k := keeper(s)
		if err := k.Set(t.Context(), olga, "instance_name", "Theirs"); err != nil {
			t.Fatal(err)
		}
		mine := []settings.Edit{{Name: "sign_up", Seen: "off", Value: "on"}, {Name: "instance_name", Seen: "Clientele", Value: "Mine"}}
		if err := k.Edit(t.Context(), olga, mine); !errors.Is(err, settings.ErrStale) {
			t.Errorf("%v", err)
		}
		if now := k.Current(); now.SignUp || now.InstanceName != "Theirs" {
			t.Errorf("a refused edit changed something: %+v", now)
		}
		mine[1].Seen = "Theirs"
		for range 2 { // sent twice
			if err := k.Edit(t.Context(), olga, mine); err != nil {
				t.Error(err)
			}
		}
		if now := k.Current(); !now.SignUp || now.InstanceName != "Mine" {
			t.Errorf("%+v", now)
		}
	})
}

func TestAnEditWithSeveralFaultsNamesEachAndChangesNothing(t *testing.T) {
	k := keeper(storetest.Open(t))
	err := k.Edit(t.Context(), olga, []settings.Edit{
		{Name: "accent", Value: "red"}, {Name: "instance_name", Seen: "Clientele", Value: "Acme"}, {Name: "refresh_lifetime", Seen: "30d", Value: "soon"},
	})
	if err == nil || !strings.Contains(err.Error(), "accent") || !strings.Contains(err.Error(), "refresh_lifetime") || k.Current().InstanceName != "Clientele" {
		t.Errorf("%v %+v", err, k.Current())
	}
	if err := k.Edit(t.Context(), olga, []settings.Edit{{Name: "refresh_lifetime", Seen: "30d", Value: "10d"}}); err == nil {
		t.Error("refresh tokens may lie unused for longer than they live")
	}
}

// Two servers on one database: of two who saw the same, one wins.
func TestOfTwoEditsAtOnceOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		results := make(chan error, 2)
		for _, name := range []string{"One", "Two"} {
			k := keeper(s)
			go func() {
				results <- k.Edit(t.Context(), olga, []settings.Edit{{Name: "instance_name", Seen: "Clientele", Value: name}})
			}()
		}
		first, second := <-results, <-results
		if (first == nil) == (second == nil) {
			t.Errorf("%v and %v", first, second)
		}
	})
}

// The command line learns from it under which name the server runs.
func TestTheIssuerOfTheLastStartIsKeptAndItsChangeRecorded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		k := keeper(s)
		actor := audit.Actor{Kind: audit.ActorOSUser, ID: "ada", Name: "ada", Door: "cli"}
		for _, c := range []struct{ issuer, before string }{
			{"https://id.example.com/", ""}, {"https://id.example.com/", "https://id.example.com/"}, {"https://login.example.com/", "https://id.example.com/"},
		} {
			before, err := k.Serve(t.Context(), actor, c.issuer)
			if err != nil || before != c.before {
				t.Errorf("started as %s: %q, %v", c.issuer, before, err)
			}
			if served, err := k.Served(t.Context()); err != nil || served != c.issuer {
				t.Errorf("kept: %q, %v", served, err)
			}
		}
		events, err := s.Events(t.Context(), audit.Query{TargetKind: settings.Kind, TargetID: "public_url", Limit: 10})
		if err != nil || len(events) != 2 {
			t.Errorf("%+v, %v", events, err)
		}
		if err := k.Reload(t.Context()); err != nil || k.Current() != settings.Default() {
			t.Errorf("it is taken for a setting: %v", err)
		}
	})
}
