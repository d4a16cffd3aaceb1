package answer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"time"
)

// maxCall is more than Lambda calls a function with: 6 MB.
const maxCall = 8 << 20

// Loop answers the calls of Lambda with handle, one after the other, until the
// runtime API at address ("127.0.0.1:9001") does not answer. Its interface is
// AWS's "Using the Lambda runtime API for custom runtimes", version 2018-06-01.
func Loop(ctx context.Context, address string, handle func(context.Context, []byte) ([]byte, error)) error {
	l := &line{dial: func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", address) }}
	defer l.close()
	const root = "/2018-06-01/runtime/invocation/"
	for {
		// It waits as long as nobody calls, and may be frozen meanwhile.
		r, call, err := l.call(ctx, head("GET", root+"next", address, 0), nil, maxCall)
		if err != nil {
			return fmt.Errorf("ask for a call: %w", err)
		}
		id := r.Header.Get("Lambda-Runtime-Aws-Request-Id")
		if r.StatusCode != 200 || id == "" {
			return fmt.Errorf("ask for a call: status %d, id %q", r.StatusCode, id)
		}
		out, err := once(ctx, r.Header.Get("Lambda-Runtime-Deadline-Ms"), call, handle)
		kind := "/response"
		if err != nil {
			kind, out = "/error", failure(err)
		}
		if r, _, err = l.call(ctx, head("POST", root+id+kind, address, len(out)), out, maxCall); err != nil {
			return fmt.Errorf("answer call %s: %w", id, err)
		}
		// Too late, or twice: the next call is another one.
		if r.StatusCode >= 500 {
			return fmt.Errorf("answer call %s: status %d", id, r.StatusCode)
		}
	}
}

// once handles one call until its deadline, in ms since 1970. What panics ends
// that call and no other.
func once(ctx context.Context, deadline string, call []byte, handle func(context.Context, []byte) ([]byte, error)) (out []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if ms, err := strconv.ParseInt(deadline, 10, 64); err == nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, time.UnixMilli(ms))
		defer cancel()
	}
	return handle(ctx, call)
}

func head(method, path, host string, length int) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	if method == "POST" {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", length)
	}
	b.WriteString("\r\n")
	return b.String()
}

// failure is an error as Lambda shows it.
func failure(err error) []byte {
	b, merr := json.Marshal(map[string]string{"errorType": "Error", "errorMessage": err.Error()})
	if merr != nil {
		return []byte(`{"errorType":"Error"}`)
	}
	return b
}
