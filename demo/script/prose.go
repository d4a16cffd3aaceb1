package script

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// longest is how many blocks a description has before it grows no more.
const longest = 8

// raws cuts rich text as it stands into the sources of its blocks.
func (j *jira) raws(raw json.RawMessage) ([]string, error) {
	if j.side == server {
		return wikiBlocks(shown(raw)), nil
	}
	var doc struct{ Content []json.RawMessage }
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &doc); err != nil {
			return nil, fmt.Errorf("read blocks: %w", err)
		}
	}
	var out []string
	for _, b := range doc.Content {
		out = append(out, string(b))
	}
	return out, nil
}

// join makes rich text of the sources of blocks; of none it is nothing.
func (j *jira) join(raws []string) any {
	if len(raws) == 0 {
		return nil
	}
	if j.side == server {
		return strings.Join(raws, "\n\n")
	}
	content := []json.RawMessage{}
	for _, r := range raws {
		content = append(content, json.RawMessage(r))
	}
	return map[string]any{"type": "doc", "version": 1, "content": content}
}

// source writes a block as this Jira has it.
func (j *jira) source(p prose) string {
	if j.side == server {
		return p.wiki()
	}
	raw, err := json.Marshal(p.adf())
	if err != nil {
		panic(err) // strings, lists and maps of them always encode
	}
	return string(raw)
}

// text writes blocks as rich text.
func (j *jira) text(blocks ...prose) any {
	var raws []string
	for _, b := range blocks {
		raws = append(raws, j.source(b))
	}
	return j.join(raws)
}

// description puts a block in, replaces one or takes one out.
func (h *hand) description(ctx context.Context, t *track, s side, looks [2]look) error {
	j := h.jiras[s]
	raws, err := j.raws(looks[s].Raw)
	if err != nil {
		return err
	}
	before := tokensIn(strings.Join(raws, " "))
	e := edit{Kind: "description", Track: t, Field: "description", Side: s, At: time.Now()}
	at := h.rand.IntN(len(raws) + 1)
	switch dice := h.rand.IntN(10); {
	case at < len(raws) && len(raws) > 1 && dice < 2 && len(tokensIn(raws[at])) > 0:
		raws = slices.Delete(raws, at, at+1)
	case at < len(raws) && (dice < 6 || len(raws) >= longest):
		e.Adds = h.token()
		raws[at] = j.source(h.write.write(e.Adds))
	default:
		e.Adds = h.token()
		raws = slices.Insert(raws, at, j.source(h.write.write(e.Adds)))
	}
	after := tokensIn(strings.Join(raws, " "))
	e.Drops = slices.DeleteFunc(before, func(t string) bool { return slices.Contains(after, t) })
	if err := h.put(ctx, t, s, "fields", map[string]any{"description": j.join(raws)}); err != nil {
		return err
	}
	h.record(e)
	return nil
}
