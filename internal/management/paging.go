package management

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"clientele/internal/registry"
)

// optional is a query parameter that knows whether it was sent.
type optional[T any] struct {
	Value T
	Set   bool
}

// Schema is the schema of the value.
func (optional[T]) Schema(r huma.Registry) *huma.Schema {
	return huma.SchemaFromType(r, reflect.TypeFor[T]())
}

// Receiver is where huma writes the value.
func (o *optional[T]) Receiver() reflect.Value { return reflect.ValueOf(o).Elem().Field(0) }

// OnParamSet notes that the parameter was sent.
func (o *optional[T]) OnParamSet(isSet bool, _ any) { o.Set = isSet }

func (o optional[T]) pointer() *T {
	if !o.Set {
		return nil
	}
	return &o.Value
}

// Paging is both ways of reading a list in pages: page numbers with totals, and checkpoints.
type Paging struct {
	Page          optional[int] `query:"page" minimum:"0" doc:"Number of the page, from 0 on."`
	PerPage       optional[int] `query:"per_page" minimum:"0" maximum:"100" doc:"Length of a page; 50 unless told."`
	IncludeTotals bool          `query:"include_totals" doc:"Wraps the list and adds the total."`
	From          string        `query:"from" maxLength:"1000" doc:"Checkpoint: next of the page before."`
	Take          optional[int] `query:"take" minimum:"1" maximum:"100" doc:"Checkpoint: length of a page; 50 unless told."`
}

const (
	defaultPage = registry.DefaultPageSize
	deepest     = 10_000 // entries that page numbers reach; checkpoints reach all
)

// window is a Paging that made sense.
type window struct {
	after      string
	offset     int
	limit      int // may be 0 with totals
	totals     bool
	checkpoint bool
}

// window checks the parameters for the list of the name. A checkpoint carries that name, so that one of another list, or
// one that was made up, is refused instead of starting again at the top.
func (p Paging) window(name string) (window, error) {
	if p.From != "" || p.Take.Set {
		if p.Page.Set || p.PerPage.Set { // include_totals comes along from tools that always send it
			return window{}, invalidQuery(Violation{Message: "from and take cannot be used together with page and per_page"})
		}
		after, ok := strings.CutPrefix(p.From, name+".")
		if p.From != "" && (!ok || after == "") {
			return window{}, invalidQuery(Violation{Property: "from", Message: "This is not a checkpoint of this list; send next of the page before"})
		}
		w := window{checkpoint: true, after: after, limit: defaultPage}
		if p.Take.Set {
			w.limit = p.Take.Value
		}
		return w, nil
	}
	w := window{limit: defaultPage, totals: p.IncludeTotals}
	if p.PerPage.Set {
		w.limit = p.PerPage.Value
	}
	if p.Page.Value > deepest || p.Page.Value*w.limit > deepest {
		return window{}, invalidQuery(Violation{Property: "page", Message: "Page numbers reach the first 10000 entries; use from and take to read on"})
	}
	w.offset = p.Page.Value * w.limit
	return w, nil
}

// listed is something that comes in lists.
type listed interface{ plural() string }

// List is an answer with several things in one of Auth0's three shapes: the bare array, the array with totals, and the
// array with the next checkpoint.
type List[T listed] struct {
	items  []T
	next   string
	total  int
	window window
}

func listOf[T listed](w window, items []T, next string, total int) List[T] {
	if w.limit == 0 || items == nil {
		items = []T{}
	}
	return List[T]{items: items, next: next, total: total, window: w}
}

// MarshalJSON writes the shape that was asked for.
func (l List[T]) MarshalJSON() ([]byte, error) {
	var one T
	switch {
	case l.window.checkpoint:
		m := map[string]any{one.plural(): l.items}
		if l.next != "" {
			m["next"] = one.plural() + "." + l.next
		}
		return json.Marshal(m)
	case l.window.totals:
		return json.Marshal(map[string]any{
			"start": l.window.offset, "limit": l.window.limit, "length": len(l.items), "total": l.total, one.plural(): l.items,
		})
	}
	return json.Marshal(l.items)
}

// Schema describes the three shapes.
func (List[T]) Schema(r huma.Registry) *huma.Schema {
	var one T
	array := &huma.Schema{Type: "array", Items: r.Schema(reflect.TypeFor[T](), true, "")}
	integer := &huma.Schema{Type: "integer"}
	object := func(properties map[string]*huma.Schema) *huma.Schema {
		properties[one.plural()] = array
		return &huma.Schema{Type: "object", Properties: properties, Required: []string{one.plural()}}
	}
	return &huma.Schema{AnyOf: []*huma.Schema{
		array,
		object(map[string]*huma.Schema{"start": integer, "limit": integer, "length": integer, "total": integer}),
		object(map[string]*huma.Schema{"next": {Type: "string"}}),
	}}
}

// atLeastOne is the limit for the registry, which takes 0 for its default.
func (w window) atLeastOne() int { return max(w.limit, 1) }
