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

// ErrUnknown means that there is no setting of that name.
var ErrUnknown = errors.New("there is no such setting")

// InvalidValue is a text that is no value of a setting.
type InvalidValue struct {
	Name    string
	Message string // what to write instead; follows the name
}

// Error names the setting and says what to write.
func (e *InvalidValue) Error() string { return e.Name + " " + e.Message }

// Store keeps the settings that are not at their default, as text. SaveSetting removes one whose value is empty.
type Store interface {
	Settings(ctx context.Context) (map[string]string, error)
	SaveSetting(ctx context.Context, name, value string, e audit.Event) error
}

// Kind is the kind of target in audit events and change notices.
const Kind = "setting"

// Keeper holds the settings in force. Before the first Reload those are the defaults.
type Keeper struct {
	Store   Store
	Now     func() time.Time
	Changed func(kind, name string) // called after every committed write; may be nil

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
	_, err := k.reload(ctx)
	return err
}

func (k *Keeper) reload(ctx context.Context) (Settings, error) {
	stored, err := k.Store.Settings(ctx)
	if err != nil {
		return Settings{}, fmt.Errorf("cannot read the settings: %w", err)
	}
	s := Default()
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
	return s, errors.Join(wrong...)
}

// Set changes one setting, and records who did. An empty value goes back to the default. It fails with ErrUnknown and
// *InvalidValue.
func (k *Keeper) Set(ctx context.Context, actor audit.Actor, name, value string) error {
	d, ok := Lookup(name)
	if !ok {
		return ErrUnknown
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	s, err := k.reload(ctx)
	if _, wrong := errors.AsType[*InvalidValue](err); err != nil && !wrong {
		return err
	}
	before := d.format(&s)
	if value == "" {
		value = d.DefaultText()
	}
	if err := d.parse(&s, value); err != nil {
		return &InvalidValue{Name: name, Message: err.Error()}
	}
	if err := s.agree(name); err != nil {
		return err
	}
	after := d.format(&s)
	if after == before && err == nil {
		return nil
	}
	kept := after
	if after == d.DefaultText() {
		kept = "" // a later version may have a better default
	}
	e := audit.Event{
		At: k.Now().UTC().Truncate(time.Microsecond), Kind: "setting.changed", Actor: actor, TargetKind: Kind, TargetID: name, TargetName: name,
		Changes: []audit.FieldChange{{Field: name, Before: before, After: after}},
	}
	if err := k.Store.SaveSetting(ctx, name, kept, e); err != nil {
		return fmt.Errorf("cannot save the setting: %w", err)
	}
	k.current.Store(&s)
	if k.Changed != nil {
		k.Changed(Kind, name)
	}
	return nil
}

// agree checks what two settings say together.
func (s *Settings) agree(name string) error {
	if s.PersonSessionIdle > s.PersonSessionLifetime || s.OperatorSessionIdle > s.OperatorSessionLifetime {
		return &InvalidValue{Name: name, Message: "must keep the idle time within the lifetime of a session"}
	}
	return nil
}
