package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"time"
)

// A Start is one start of a bootstrap.
type Start struct {
	took time.Duration // from before the process is made until its request for its first event has come
	cpu  time.Duration // of the processors, which is nearly the same on a machine that others use as well
}

// start starts a bootstrap and ends it once it asks for its first event.
func start(ctx context.Context, bootstrap string, env []string) (Start, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second) // as Lambda gives a function
	defer cancel()
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return Start{}, err
	}
	defer l.Close()
	asked := make(chan error, 1)
	go next(ctx, l, asked)
	var said strings.Builder
	c := exec.CommandContext(ctx, bootstrap)
	c.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + l.Addr().String()}, env...)
	c.Stdout, c.Stderr = &said, &said
	began := time.Now()
	if err := c.Start(); err != nil {
		return Start{}, err
	}
	ended := make(chan struct{})
	go func() { c.Wait(); close(ended) }() // it is killed, and its end says nothing
	select {
	case err = <-asked:
	case <-ended:
		err = fmt.Errorf("it ended: %s", said.String())
	}
	took := time.Since(began)
	cancel()
	<-ended
	return Start{took, c.ProcessState.UserTime() + c.ProcessState.SystemTime()}, err
}

// next waits for the call for the next event, says that it has come, and does
// not answer it.
func next(ctx context.Context, l net.Listener, asked chan<- error) {
	c, err := l.Accept()
	if err != nil {
		asked <- err
		return
	}
	defer c.Close()
	line, err := bufio.NewReader(c).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "GET /2018-06-01/runtime/invocation/next HTTP/1.1") {
		err = fmt.Errorf("it asks for %q", line)
	}
	asked <- err
	<-ctx.Done()
}
