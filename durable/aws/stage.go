package aws

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// writers is how many batches, or blobs, of one commit are on their way at the
// same time.
const writers = 4

// announced is the key of the item in trash that c leaves before it writes
// anything, and takes back when it becomes true.
func (c *commit) announced() item { return newItem("trash", stamp(c.begun)+"#"+c.turn) }

// announce says what to remove if c never becomes true.
func (s *Store) announce(ctx context.Context, c *commit) error {
	i := c.announced()
	i["link"] = text(c.after.ID.String())
	if c.staged {
		i["layer"] = text(c.layer())
	}
	i["blobs"] = text(blobFolder(c.turn))
	_, err := s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &s.table, Item: i})
	return err
}

// rubbish says what nobody needs any more once c is true.
func (c *commit) rubbish() (steps []step) {
	entry := func(n int) item {
		i := newItem("trash", fmt.Sprintf("%s#%s#%d", stamp(c.begun), c.turn, n))
		i["link"] = text(c.after.ID.String())
		return i
	}
	for n, layer := range c.old {
		i := entry(n)
		i["layer"] = text(layer)
		steps = append(steps, step{put: i})
	}
	if len(c.unused) > 0 {
		i := entry(len(c.old))
		i.setList("keys", c.unused)
		steps = append(steps, step{put: i})
	}
	return steps
}

func blobFolder(turn string) string { return "parts/" + turn + "/" }

// fill puts value into i, or into a blob that i names.
func (s *Store) fill(ctx context.Context, c *commit, i item, value []byte) error {
	if len(value) <= maxValue {
		i["v"] = text(string(value))
		return nil
	}
	sum := sha256.Sum256(value)
	key := blobFolder(c.turn) + hex.EncodeToString(sum[:])
	if err := s.blobs.Put(ctx, key, bytes.NewReader(value)); err != nil {
		return err
	}
	i["blob"] = text(key)
	return nil
}

// value reads what fill has put away; nil: the item holds nothing.
func (s *Store) value(ctx context.Context, i item) ([]byte, error) {
	key := i.text("blob")
	if key == "" {
		if _, has := i["v"]; !has {
			return nil, nil
		}
		return []byte(i.text("v")), nil
	}
	r, err := s.blobs.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(b); !strings.HasSuffix(key, "/"+hex.EncodeToString(sum[:])) {
		return nil, fmt.Errorf("blob %s is not what was written", key)
	}
	return b, nil
}

// stage writes items that no head names yet.
func (s *Store) stage(ctx context.Context, items []item) error {
	var requests [][]types.WriteRequest
	for some := range slices.Chunk(items, batch) {
		var puts []types.WriteRequest
		for _, i := range some {
			puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: i}})
		}
		requests = append(requests, puts)
	}
	return s.batches(ctx, requests)
}

// batches carries out all of requests, a few at the same time.
func (s *Store) batches(ctx context.Context, requests [][]types.WriteRequest) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	errs := make([]error, writers)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for n := w; n < len(requests) && errs[w] == nil; n += writers {
				if errs[w] = s.batch(ctx, requests[n]); errs[w] != nil {
					cancel()
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// batch writes all of requests, however often the service leaves some undone.
func (s *Store) batch(ctx context.Context, requests []types.WriteRequest) error {
	for try := 1; ; try++ {
		out, err := s.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{s.table: requests}})
		if err != nil {
			return err
		}
		left := out.UnprocessedItems[s.table]
		if len(left) == 0 {
			return nil
		}
		if len(left) < len(requests) {
			try = 1 // it goes on
		}
		if requests = left; try > patience {
			return fmt.Errorf("the table takes none of %d items", len(left))
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// patience is how often the table may take nothing of a batch in a row.
const patience = 12
