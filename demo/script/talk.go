package script

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// comment writes a new comment.
func (h *hand) comment(ctx context.Context, t *track, s side) error {
	j, token := h.jiras[s], h.token()
	blocks := []prose{h.write.write(token)}
	if h.rand.IntN(3) == 0 {
		blocks = append(blocks, h.write.block("paragraph", ""))
	}
	e := edit{Kind: "comment", Track: t, Field: "comments", Side: s, At: time.Now(), Adds: token}
	if err := j.call(ctx, h.who, "POST", j.api()+"/issue/"+t.id[s]+"/comment", map[string]any{"body": j.text(blocks...)}, nil); err != nil {
		return err
	}
	t.talks = append(t.talks, &talk{tokens: []string{token}, born: s})
	h.record(e)
	return nil
}

// at returns how a comment stands at both Jiras, if it says the same there.
func (k *talk) at(looks [2]look) (at [2]comment, equal bool) {
	for s := range at {
		n := slices.IndexFunc(looks[s].Comments, func(c comment) bool { return strings.Contains(c.Body.words(), k.last()) })
		if n < 0 || k.gone {
			return at, false
		}
		at[s] = looks[s].Comments[n]
	}
	return at, at[k.born].Body.equal(headless(at[k.born.other()].Body, at[k.born].Name))
}

// heard records which comments are seen equal.
func (t *track) heard(looks [2]look, now time.Time) {
	for _, k := range t.talks {
		if _, equal := k.at(looks); !equal {
			k.equal = time.Time{}
		} else if k.equal.IsZero() {
			k.equal = now
		}
	}
}

// settled returns a comment that says the same at both Jiras and was seen to
// some time ago, and how it stands there; nil if there is none.
func (h *hand) settled(t *track, looks [2]look) (*talk, [2]comment) {
	for _, i := range h.rand.Perm(len(t.talks)) {
		k := t.talks[i]
		if at, equal := k.at(looks); equal && !k.equal.IsZero() && time.Since(k.equal) >= h.Settle {
			return k, at
		}
	}
	return nil, [2]comment{}
}

func (k *talk) last() string { return k.tokens[len(k.tokens)-1] }

// headless returns a body without the first paragraph, if that names the author.
func headless(body rich, author string) rich {
	if author != "" && len(body) > 0 && body[0].Kind == "paragraph" && strings.Contains(body[:1].words(), author) {
		return body[1:]
	}
	return body
}

// editComment replaces what a comment says, at either Jira. Where it is a copy
// the paragraph that names its author stays.
func (h *hand) editComment(ctx context.Context, t *track, looks [2]look) error {
	k, at := h.settled(t, looks)
	if k == nil {
		return errNotNow
	}
	s := side(h.rand.IntN(2))
	j, token := h.jiras[s], h.token()
	raws, err := j.raws(at[s].Raw)
	if err != nil {
		return err
	}
	var keep []string
	if s != k.born {
		keep = raws[:1]
	}
	body := map[string]any{"body": j.join(append(keep, j.source(h.write.write(token))))}
	e := edit{Kind: "comment edited", Track: t, Field: "comments", Side: s, At: time.Now(), Adds: token, Drops: []string{k.last()}}
	if err := j.call(ctx, editor, "PUT", h.commentPath(t, s, at), body, nil); err != nil {
		return err
	}
	k.tokens, k.equal = append(k.tokens, token), time.Time{}
	h.record(e)
	return nil
}

// editor is the account that may change what others wrote.
const editor = 0

func (h *hand) commentPath(t *track, s side, at [2]comment) string {
	return fmt.Sprintf("%s/issue/%s/comment/%s", h.jiras[s].api(), t.id[s], at[s].ID)
}

func (h *hand) deleteComment(ctx context.Context, t *track, looks [2]look) error {
	k, at := h.settled(t, looks)
	if k == nil {
		return errNotNow
	}
	s := side(h.rand.IntN(2))
	e := edit{Kind: "comment deleted", Track: t, Field: "comments", Side: s, At: time.Now(), Drops: []string{k.last()}}
	if err := h.jiras[s].call(ctx, editor, "DELETE", h.commentPath(t, s, at), nil, nil); err != nil {
		return err
	}
	k.gone = true
	h.record(e)
	return nil
}
