package sqldb

import (
	"encoding/json"
	"fmt"
)

// JSON is v as opaque text. It panics if v cannot be JSON, which is a mistake in the type.
func JSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// ScanJSON reads into v what JSON has kept. An empty text leaves v as it is.
func ScanJSON(v any) any { return jsonScanner{v} }

type jsonScanner struct{ to any }

// Scan implements sql.Scanner.
func (s jsonScanner) Scan(value any) error {
	var text string
	if err := (textScanner[string]{&text}).Scan(value); err != nil {
		return err
	}
	return ParseJSON(text, s.to)
}

// ParseJSON reads into v what JSON has made. An empty text leaves v as it is.
func ParseJSON(text string, v any) error {
	if text == "" {
		return nil
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("damaged JSON in the database: %w", err)
	}
	return nil
}
