package settings

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"clientele/internal/audit"
)

// Sentinels of this room.
var (
	ErrUnknown = errors.New("there is no such setting")
	ErrStale   = errors.New("somebody else changed a setting in the meantime")
)

// InvalidValue is a text that is no value of a setting.
type InvalidValue struct {
	Name    string
	Message string // what to write instead; follows the name
}

// Error names the setting and says what to write.
func (e *InvalidValue) Error() string { return e.Name + " " + e.Message }

// Write is one setting as it is to be kept: as text, and empty for the default.
type Write struct {
	Name  string
	Was   string // what is kept until now
	Value string
	Event audit.Event
}

// Store keeps the settings that are not at their default, as text.
type Store interface {
	Settings(ctx context.Context) (map[string]string, error)
	SaveSettings(ctx context.Context, writes []Write) error // all or none; ErrStale if one is not what it was
}

// Kind is the kind of target in audit events and change notices.
const Kind = "setting"

// Keeper holds the settings in force. Before the first Reload those are the defaults.
type Keeper struct {
	Store   Store
	Now     func() time.Time
	Changed func(kind, name string) // called after every committed write; may be nil

	// Guard refuses a change that the settings alone cannot judge, best with *InvalidValue. It may be nil.
	Guard func(ctx context.Context, actor audit.Actor, before, after Settings) error

	mu      sync.Mutex // one Set or Reload at a time, so that an older reading never replaces a newer one
	current atomic.Pointer[Settings]
}

// Current is the settings in force. It costs one atomic read and a copy.
func (k *Keeper) Current() Settings {
	if s := k.current.Load(); s != nil {
		return *s
	}
	return Default()
}

// Reload reads the settings again. A setting this version does not know is ignored; one whose text makes no sense keeps its
// default and is named in the error, with everything else in force.
func (k *Keeper) Reload(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, _, err := k.reload(ctx)
	return err
}

func (k *Keeper) reload(ctx context.Context) (s Settings, stored map[string]string, err error) {
	stored, err = k.Store.Settings(ctx)
	if err != nil {
		return Settings{}, nil, fmt.Errorf("cannot read the settings: %w", err)
	}
	s = Default()
	var wrong []error
	for _, d := range definitions {
		text, set := stored[d.Name]
		if !set {
			continue
		}
		if err := d.parse(&s, text); err != nil {
			wrong = append(wrong, &InvalidValue{Name: d.Name, Message: err.Error()})
		}
	}
	k.current.Store(&s)
	return s, stored, errors.Join(wrong...)
}

// Set changes one setting, whatever it was, and records who did. An empty value goes back to the default. It fails with
// ErrUnknown and *InvalidValue.
func (k *Keeper) Set(ctx context.Context, actor audit.Actor, name, value string) error {
	const attempts = 5 // another process may be faster a few times
	for n := 1; ; n++ {
		err := k.edit(ctx, actor, []Edit{{Name: name, Value: value}}, false)
		if !errors.Is(err, ErrStale) || n == attempts {
			return err
		}
	}
}

// Edit is a change of one setting by somebody who saw what it was.
type Edit struct {
	Name  string
	Seen  string // the text it had then
	Value string // empty goes back to the default
}

// Edit changes several settings, all or none, and records who did. It fails with ErrStale if one of them is neither what was seen
// nor what is wanted, with ErrUnknown, and with one *InvalidValue for each that is wrong, joined.
func (k *Keeper) Edit(ctx context.Context, actor audit.Actor, edits []Edit) error {
	return k.edit(ctx, actor, edits, true)
}

func (k *Keeper) edit(ctx context.Context, actor audit.Actor, edits []Edit, seen bool) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	s, stored, err := k.reload(ctx)
	if _, wrong := errors.AsType[*InvalidValue](err); err != nil && !wrong {
		return err
	}
	before := s
	writes, err := k.writes(&s, stored, actor, edits, seen)
	if err == nil && len(writes) > 0 && k.Guard != nil {
		err = k.Guard(ctx, actor, before, s)
	}
	if err != nil || len(writes) == 0 {
		return err
	}
	if err := k.Store.SaveSettings(ctx, writes); errors.Is(err, ErrStale) {
		return err
	} else if err != nil {
		return fmt.Errorf("cannot save the settings: %w", err)
	}
	k.current.Store(&s)
	for _, w := range writes {
		if k.Changed != nil {
			k.Changed(Kind, w.Name)
		}
	}
	return nil
}

// writes puts the edits into s, and says what is to be written so that it is kept.
func (k *Keeper) writes(s *Settings, stored map[string]string, actor audit.Actor, edits []Edit, seen bool) ([]Write, error) {
	var list []Write
	var wrong []error
	for _, edit := range edits {
		d, ok := Lookup(edit.Name)
		if !ok {
			return nil, ErrUnknown
		}
		before, value := d.format(s), edit.Value
		if value == "" {
			value = d.DefaultText()
		}
		if err := d.parse(s, value); err != nil {
			wrong = append(wrong, &InvalidValue{Name: edit.Name, Message: err.Error()})
			continue
		}
		after, was := d.format(s), stored[edit.Name]
		if seen && before != edit.Seen && before != after {
			return nil, ErrStale
		}
		kept := after
		if after == d.DefaultText() {
			kept = "" // a later version may have a better default
		}
		if after != before || was != kept && was != "" {
			list = append(list, Write{Name: edit.Name, Was: was, Value: kept, Event: k.event(actor, edit.Name, before, after)})
		}
	}
	for _, edit := range edits {
		if err := s.agree(edit.Name); err != nil && len(wrong) == 0 {
			wrong = append(wrong, err)
		}
	}
	return list, errors.Join(wrong...)
}

func (k *Keeper) event(actor audit.Actor, name, before, after string) audit.Event {
	return audit.Event{
		At: k.Now().UTC().Truncate(time.Microsecond), Kind: "setting.changed", Actor: actor, TargetKind: Kind, TargetID: name, TargetName: name,
		Changes: []audit.FieldChange{{Field: name, Before: before, After: after}},
	}
}

// agree checks what two settings say together.
func (s *Settings) agree(name string) error {
	if s.PersonSessionIdle > s.PersonSessionLifetime || s.OperatorSessionIdle > s.OperatorSessionLifetime {
		return &InvalidValue{Name: name, Message: "must keep the idle time within the lifetime of a session"}
	}
	if s.RefreshIdleLifetime >= s.RefreshLifetime {
		return &InvalidValue{Name: name, Message: "must keep the idle time of refresh tokens below their lifetime, or it never matters"}
	}
	return nil
}
