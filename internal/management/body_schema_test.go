package management

import (
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// clientPatchSchema is the schema of a change of a client, as Mount makes it.
func clientPatchSchema() (huma.Registry, *huma.Schema) {
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	return schemas, schemas.Schema(reflect.TypeFor[clientPatch](), true, "")
}
