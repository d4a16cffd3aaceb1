package script

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// create makes an issue with some fields filled in.
func (h *hand) create(ctx context.Context, s side, taken ...string) (*track, error) {
	token := h.token()
	fields := map[string]any{
		"project":   map[string]string{"key": h.jiras[s].Project},
		"summary":   h.title(token),
		"issuetype": map[string]string{"name": pick(h.rand, common(h.Words.Types)).at(s)},
	}
	for _, f := range []string{"priority", "assignee", "duedate", "reference", "severity"} {
		if h.rand.IntN(3) == 0 {
			fields[h.jiras[s].id(f)] = h.jiras[s].written(f, h.value(f, s))
		}
	}
	if h.rand.IntN(2) == 0 {
		fields["labels"] = []string{"from-" + [...]string{"cloud", "server"}[s]}
	}
	if h.rand.IntN(2) == 0 {
		fields["description"] = h.jiras[s].text(h.write.write(h.token()))
	}
	e := edit{Kind: "create", Field: "summary", Side: s, At: time.Now(), To: fields["summary"].(string), Adds: token}
	var made struct{ ID string }
	if err := h.jiras[s].call(ctx, h.who, "POST", h.jiras[s].api()+"/issue", map[string]any{"fields": fields}, &made); err != nil {
		return nil, err
	}
	e.Track = h.begin(s, made.ID, taken...)
	h.record(e)
	return e.Track, nil
}

func (h *hand) title(token string) string {
	return fmt.Sprintf("%s %s %s", word(h.rand), token, word(h.rand))
}

// value makes up a value of a field, as s shows it. Where a value can be its
// own token it never comes twice.
func (h *hand) value(field string, s side) string {
	switch field {
	case "summary":
		return h.title(h.token())
	case "reference":
		return "REF " + h.token()
	case "points":
		return fmt.Sprintf("%d.5", h.count())
	case "duedate":
		return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, h.count()).Format(time.DateOnly)
	}
	table, _ := h.Words.table(field)
	if h.rand.IntN(8) == 0 && field != "priority" {
		return ""
	}
	return pick(h.rand, common(table)).at(s)
}

// written is a value as this Jira takes it.
func (j *jira) written(field, v string) any {
	if v == "" {
		return nil
	}
	switch field {
	case "points":
		var n float64
		_, _ = fmt.Sscan(v, &n) // it is one of [hand.value]'s
		return n
	case "priority":
		return map[string]string{"name": v}
	case "severity":
		return map[string]string{"value": v}
	case "assignee", "reporter":
		return map[string]string{[...]string{"accountId", "name"}[j.side]: v}
	}
	return v
}

// fieldOf is the field that a card of one value is about.
func fieldOf(card string) string {
	if card == "due date" {
		return "duedate"
	}
	return card
}

// scalar sets a field to a value that is new: see [hand.stale].
func (h *hand) scalar(ctx context.Context, t *track, s side, looks [2]look, card string) error {
	field := fieldOf(card)
	if t.taken[field] || h.oneSided(t, looks, field) {
		return errNotNow
	}
	for range 10 {
		to := h.value(field, s)
		if one, _ := h.Words.one(field, s, to); !h.stale(t, looks, field, one) {
			return h.set(ctx, t, s, looks[s], card, to)
		}
	}
	return errNotNow
}

// stale reports whether a field shows this value at one of the Jiras, or had it
// since it was last seen equal. An edit to another one can be told: when it is
// seen equal later it has crossed, and it does not take back an edit of before,
// which would be as if neither had been made.
func (h *hand) stale(t *track, looks [2]look, field, one string) bool {
	for _, s := range []side{cloud, server} {
		if shown, _ := h.Words.one(field, s, looks[s].Values[field]); t.id[s] != "" && shown == one {
			return true
		}
	}
	return slices.Contains(t.fresh[field], one)
}

// oneSided reports whether a field shows a value that the other Jira has no
// word for: what comes of an edit there is the other's to say.
func (h *hand) oneSided(t *track, looks [2]look, field string) bool {
	for _, s := range []side{cloud, server} {
		if _, ok := h.Words.one(field, s, looks[s].Values[field]); t.id[s] != "" && !ok {
			return true
		}
	}
	return false
}

// set writes one value.
func (h *hand) set(ctx context.Context, t *track, s side, at look, card, to string) error {
	field := fieldOf(card)
	e := edit{Kind: card, Track: t, Field: field, Side: s, At: time.Now(), From: at.Values[field], To: to}
	if found := tokensIn(to); len(found) > 0 {
		e.Adds = found[0]
	}
	j := h.jiras[s]
	if err := h.put(ctx, t, s, "fields", map[string]any{j.id(field): j.written(field, to)}); err != nil {
		return err
	}
	h.record(e)
	return nil
}

// put edits the issue; part is "fields" or "update".
func (h *hand) put(ctx context.Context, t *track, s side, part string, what any) error {
	return h.jiras[s].call(ctx, h.who, "PUT", h.jiras[s].api()+"/issue/"+t.id[s], map[string]any{part: what}, nil)
}

func (h *hand) addLabel(ctx context.Context, t *track, s side) error {
	e := edit{Kind: "label added", Track: t, Field: "labels", Side: s, At: time.Now(), Adds: h.token()}
	if err := h.put(ctx, t, s, "update", verb("add", e.Adds)); err != nil {
		return err
	}
	h.record(e)
	return nil
}

func (h *hand) removeLabel(ctx context.Context, t *track, s side, looks [2]look) error {
	marked := slices.DeleteFunc(slices.Clone(looks[s].Labels), func(l string) bool { return !tokenForm.MatchString(l) || t.removed[l] })
	if len(marked) == 0 {
		return errNotNow
	}
	e := edit{Kind: "label removed", Track: t, Field: "labels", Side: s, At: time.Now(), Drops: []string{pick(h.rand, marked)}}
	if err := h.put(ctx, t, s, "update", verb("remove", e.Drops[0])); err != nil {
		return err
	}
	t.removed[e.Drops[0]] = true
	h.record(e)
	return nil
}

func verb(name, label string) any {
	return map[string]any{"labels": []map[string]string{{name: label}}}
}

// transition moves the issue to a status that is new; to "" means any. A transition that the sync has closed meanwhile is not made.
func (h *hand) transition(ctx context.Context, t *track, s side, looks [2]look, to string) error {
	if h.oneSided(t, looks, "status") {
		return errNotNow
	}
	j := h.jiras[s]
	path := j.api() + "/issue/" + t.id[s] + "/transitions"
	var list struct {
		Transitions []struct {
			ID string
			To struct{ Name string }
		}
	}
	if err := j.call(ctx, h.who, "GET", path, nil, &list); err != nil {
		return err
	}
	for _, i := range h.rand.Perm(len(list.Transitions)) {
		next := list.Transitions[i]
		one, known := h.Words.one("status", s, next.To.Name)
		if !known || h.stale(t, looks, "status", one) || t.taken["status"] && to == "" || to != "" && to != next.To.Name {
			continue
		}
		e := edit{Kind: "transition", Track: t, Field: "status", Side: s, At: time.Now(), From: looks[s].Values["status"], To: next.To.Name}
		err := j.call(ctx, h.who, "POST", path, map[string]any{"transition": map[string]string{"id": next.ID}}, nil)
		if no := (*refusal)(nil); errors.As(err, &no) && (no.Status == 400 || no.Status == 409) {
			return errNotNow
		}
		if err != nil {
			return err
		}
		h.record(e)
		return nil
	}
	return errNotNow
}
