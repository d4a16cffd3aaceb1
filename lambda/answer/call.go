package answer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// A line is a connection to one host that calls are made on, one at a time. It
// is kept as long as the host keeps it.
type line struct {
	dial func(context.Context) (net.Conn, error)
	keep time.Duration // for how long after its last call a connection is trusted; 0: for ever
	conn net.Conn
	in   *bufio.Reader
	last time.Time // of its last call
}

// errUnheard is a call of which the host has answered nothing.
var errUnheard = errors.New("the connection ended before an answer")

// call writes a request and reads its whole answer, at most most bytes of it.
func (l *line) call(ctx context.Context, head string, body []byte, most int64) (r *http.Response, text []byte, err error) {
	if l.keep > 0 && time.Since(l.last) > l.keep {
		l.close()
	}
	kept := l.conn != nil
	if r, text, err = l.once(ctx, head, body, most); kept && errors.Is(err, errUnheard) && ctx.Err() == nil {
		// The host had closed it, as it may at any time.
		r, text, err = l.once(ctx, head, body, most)
	}
	return r, text, err
}

func (l *line) once(ctx context.Context, head string, body []byte, most int64) (r *http.Response, text []byte, err error) {
	defer func() {
		if err != nil || r.Close {
			l.close()
		}
		l.last = time.Now()
	}()
	if l.conn == nil {
		if l.conn, err = l.dial(ctx); err != nil {
			return nil, nil, err
		}
		l.in = bufio.NewReader(l.conn)
	}
	end, _ := ctx.Deadline() // zero: there is none
	if err := l.conn.SetDeadline(end); err != nil {
		return nil, nil, err
	}
	out := net.Buffers{[]byte(head), body}
	if _, err := out.WriteTo(l.conn); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errUnheard, err)
	}
	if _, err := l.in.Peek(1); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", errUnheard, err)
	}
	if r, err = http.ReadResponse(l.in, nil); err != nil {
		return nil, nil, fmt.Errorf("read answer: %w", err)
	}
	defer r.Body.Close()
	if text, err = io.ReadAll(io.LimitReader(r.Body, most+1)); err == nil && int64(len(text)) > most {
		err = fmt.Errorf("the answer is over %d bytes", most)
	}
	return r, text, err
}

func (l *line) close() {
	if l.conn != nil {
		l.conn.Close() // whatever it says, no more is heard of it
	}
	l.conn = nil
}
