package config

import _ "embed"

// Schema is the JSON Schema of the file, for editors.
//
//go:embed accord.schema.json
var Schema string
