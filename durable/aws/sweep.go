package aws

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/accord/issue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// stamp sorts as times do.
func stamp(t time.Time) string {
	if t.IsZero() {
		return revisionKey(0)
	}
	return revisionKey(t.UnixNano())
}

// Sweep removes what commits that died before now have left, and what later
// commits have replaced: layers that no head names, and blobs that no item
// names. It leaves alone what may still be written or read. It says how many
// layers and blobs it has removed; it may be stopped and called again at any time.
func (s *Store) Sweep(ctx context.Context, now time.Time) (removed int, err error) {
	until := stamp(now.Add(-2 * grace))
	for entry, err := range s.span(ctx, "trash", "", "") {
		if err == nil && entry.text("sk") > until {
			break
		}
		n := 0
		if err == nil {
			n, err = s.empty(ctx, entry)
		}
		if removed += n; err != nil {
			return removed, fmt.Errorf("sweep table %s: %w", s.table, err)
		}
	}
	return removed, nil
}

// empty removes what entry names, and then entry.
func (s *Store) empty(ctx context.Context, entry item) (removed int, err error) {
	if layer := entry.text("layer"); layer != "" {
		id, err := issue.ParseRef(entry.text("link"))
		if err != nil {
			return 0, err
		}
		n, err := s.dropLayer(ctx, id, layer)
		if removed += n; err != nil {
			return removed, err
		}
	}
	keys := entry.list("keys")
	if folder := entry.text("blobs"); folder != "" {
		for key, err := range s.blobs.Keys(ctx, folder) {
			if err != nil {
				return removed, err
			}
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		if err := s.blobs.Remove(ctx, key); err != nil {
			return removed, err
		}
		removed++
	}
	_, err = s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &s.table, Key: entry.key()})
	return removed, err
}

// dropLayer removes a layer, unless the head names it.
func (s *Store) dropLayer(ctx context.Context, id issue.Ref, layer string) (removed int, err error) {
	head, err := s.item(ctx, linkKey(id), headKey)
	if err != nil || slices.Contains(head.list("layers"), layer) {
		return 0, err
	}
	var removals []types.WriteRequest
	for i, err := range s.span(ctx, linkKey(id), "", strings.TrimSuffix(placeKey(layer, "."), ".")) {
		if err != nil {
			return 0, err
		}
		removals = append(removals, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: i.key()}})
	}
	if len(removals) == 0 {
		return 0, nil
	}
	return 1, s.batches(ctx, slices.Collect(slices.Chunk(removals, batch)))
}
