package sqlite_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/accord/durable"
	"example.com/accord/durable/sqlite"
	"example.com/accord/issue"
)

// BenchmarkSend measures sends that are on the disk, of events for different
// issues, by so many senders at the same time.
func BenchmarkSend(b *testing.B) {
	for _, senders := range []int{1, 1000} {
		b.Run(fmt.Sprintf("senders=%d", senders), func(b *testing.B) {
			db := open(b, file(b), sqlite.Options{})
			var next atomic.Int64
			var failed atomic.Value
			var wg sync.WaitGroup
			b.ReportAllocs()
			b.ResetTimer()
			for range senders {
				wg.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						m := durable.Message{Lane: durable.Live, Event: issue.Event{
							Ref: issue.Ref{Participant: "acme-support", ID: fmt.Sprint(10_000 + n)}, Cause: "webhook", Delivery: "0f8fad5b", At: time.Now(),
						}}
						if err := db.Send(b.Context(), m); err != nil {
							failed.Store(err)
							return
						}
					}
				})
			}
			wg.Wait()
			if err := failed.Load(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
		})
	}
}

// BenchmarkReceiveDone measures the whole way of an event through the queue but
// for its sending, one at a time and in blocks.
func BenchmarkReceiveDone(b *testing.B) {
	for _, block := range []int{1, 100} {
		b.Run(fmt.Sprintf("block=%d", block), func(b *testing.B) {
			db := open(b, file(b), sqlite.Options{})
			ms := make([]durable.Message, b.N)
			for i := range ms {
				ms[i] = event(fmt.Sprint(i))
			}
			if err := db.Send(b.Context(), ms...); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for n := 0; n < b.N; {
				got, err := db.Receive(b.Context(), block, time.Hour)
				if err != nil {
					b.Fatal(err)
				}
				n += len(got)
				var wg sync.WaitGroup
				for _, m := range got {
					wg.Go(func() {
						if err := db.Done(b.Context(), m); err != nil {
							b.Error(err)
						}
					})
				}
				wg.Wait()
			}
		})
	}
}
