//go:build local

package ground

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/config"
	"example.com/accord/durable"
	"example.com/accord/durable/sqlite"
)

// open opens a state on this machine. Several processes may: it is one SQLite file.
func (g *Ground) open(ctx context.Context) error {
	names, err := g.must("ACCORD_STATE", "ACCORD_CONFIG")
	if err != nil {
		return err
	}
	db, err := sqlite.Open(ctx, filepath.Join(names[0], "accord.db"), sqlite.Options{})
	if err != nil {
		return fmt.Errorf("open state: %w", err)
	}
	blobs, err := sqlite.OpenBlobs(filepath.Join(names[0], "blobs"))
	if err != nil {
		return fmt.Errorf("open state: %w", err)
	}
	g.Store, g.Queue, g.Gauge, g.Blobs, g.Take = db, db, db, blobs, take
	g.source = func(_ context.Context, had string) (c config.Config, digest string, err error) {
		src, err := os.ReadFile(names[1])
		sum := sha256.Sum256(src)
		if digest = hex.EncodeToString(sum[:]); err == nil && digest != had {
			c, err = config.Load(src)
		}
		return c, digest, err
	}
	g.secret, err = secrets(ctx, g.env)
	return err
}

func secrets(_ context.Context, env func(string) string) (vault, error) {
	return func(_ context.Context, name string) (string, error) { return env(name), nil }, nil
}

// take reads a message that whoever received it has put into the body whole.
func take(_ context.Context, m events.SQSMessage) (durable.Message, bool, error) {
	var out durable.Message
	if err := json.Unmarshal([]byte(m.Body), &out); err != nil {
		return out, false, fmt.Errorf("read message: %w", err)
	}
	return out, true, nil
}
