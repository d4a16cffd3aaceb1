package logs

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/durable"
)

// A Finder looks for words in archives.
type Finder struct {
	Blobs durable.Blobs
	Words []string // in any case; see [Words]
	Count func(word string, lines int) error
	Log   *slog.Logger
}

// Words reads a list such as "error, held".
func Words(list string) (words []string) {
	for w := range strings.SplitSeq(list, ",") {
		if w = strings.ToLower(strings.TrimSpace(w)); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// A Report is what was found in one archive.
type Report struct {
	Archive  string    `json:"archive"`
	Lines    int       `json:"lines"` // that it has
	Findings []Finding `json:"findings"`
}

// A Finding is one word that was found.
type Finding struct {
	Word  string   `json:"word"`
	Lines int      `json:"lines"` // that have it
	First []string `json:"first"` // of these, cut: at most three
}

// The limits of what is kept of an archive.
const (
	maxLine  = 1 << 20 // of a line; what is longer is looked at up to there
	maxFirst = 3       // lines of a finding
	maxShown = 500     // bytes of such a line
)

// Handle looks into each archive that was stored. It may be called for one
// again: then it writes the same report.
func (f *Finder) Handle(ctx context.Context, records []events.S3EventRecord) error {
	var errs []error
	for _, r := range records {
		key := r.S3.Object.URLDecodedKey
		name, ok := strings.CutPrefix(key, "logs/")
		if name, ok2 := strings.CutSuffix(name, ".jsonl.gz"); ok && ok2 {
			errs = append(errs, f.archive(ctx, key, "findings/"+name+".json"))
			continue
		}
		f.Log.Warn("no archive", "key", key)
	}
	return errors.Join(errs...)
}

func (f *Finder) archive(ctx context.Context, key, into string) error {
	r, err := f.Blobs.Open(ctx, key)
	if err != nil {
		return fmt.Errorf("look into archive: %w", err)
	}
	defer r.Close()
	report, err := f.look(r)
	if err != nil {
		return fmt.Errorf("look into archive %s: %w", key, err)
	}
	report.Archive = key
	f.Log.Info("looked", "archive", key, "lines", report.Lines, "words", len(report.Findings)) // names no word: it would be found in the next hour
	if len(report.Findings) == 0 {
		return nil
	}
	b, err := json.Marshal(report)
	if err == nil {
		err = f.Blobs.Put(ctx, into, bytes.NewReader(b))
	}
	for _, found := range report.Findings {
		if err == nil {
			err = f.Count(found.Word, found.Lines)
		}
	}
	if err != nil {
		return fmt.Errorf("tell what was found in %s: %w", key, err)
	}
	return nil
}

// look reads an archive. It keeps one line, and what it reports.
func (f *Finder) look(r io.Reader) (report Report, err error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return report, err
	}
	found := make([]Finding, len(f.Words))
	in := bufio.NewReaderSize(zip, 64<<10)
	for {
		line, err := next(in)
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return report, err
		}
		report.Lines++
		for i, has := range f.words(line) {
			if !has {
				continue
			}
			if found[i].Lines++; len(found[i].First) < maxFirst {
				found[i].First = append(found[i].First, strings.ToValidUTF8(string(line[:min(len(line), maxShown)]), ""))
			}
		}
	}
	for i, w := range f.Words {
		if found[i].Lines > 0 {
			found[i].Word = w
			report.Findings = append(report.Findings, found[i])
		}
	}
	return report, nil
}

// next reads a line without its end, up to maxLine. With the last line, which
// may be empty, comes io.EOF.
func next(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine-len(line))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSuffix(line, []byte("\n")), err
		}
	}
}

// words says which of the words a line has. A metric has none: it names the words
// that were found before.
func (f *Finder) words(line []byte) []bool {
	has := make([]bool, len(f.Words))
	var l struct{ Line any }
	if json.Unmarshal(line, &l) != nil { // it was cut
		l.Line = string(line)
	}
	if o, ok := l.Line.(map[string]any); ok && o["_aws"] != nil {
		return has
	}
	for i, w := range f.Words {
		has[i] = mentions(l.Line, w)
	}
	return has
}

// mentions reports whether a word is in a text of v, or in the name of a member
// that is not empty: "held":0 holds nothing.
func mentions(v any, word string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(strings.ToLower(v), word)
	case []any:
		for _, e := range v {
			if mentions(e, word) {
				return true
			}
		}
	case map[string]any:
		for name, e := range v {
			if mentions(e, word) || strings.Contains(strings.ToLower(name), word) && !empty(e) {
				return true
			}
		}
	}
	return false
}

func empty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return v == nil || v == false || v == 0.0 || v == ""
}
