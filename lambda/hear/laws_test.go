package hear_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// TestNothingIsLost: whatever comes and whatever fails on the way, in the end
// each issue waits, each record that cannot be read is kept once, and each is
// counted once.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := newBench(t)
		issues, refused, odd := map[string]bool{}, 0, map[string]int{}
		var all []any
		for range rapid.IntRange(1, 12).Draw(r, "records") {
			switch n := rapid.IntRange(1, 4).Draw(r, "id"); rapid.SampledFrom([]string{"good", "good", "forged", "odd"}).Draw(r, "sort") {
			case "good":
				issues[fmt.Sprintf("support/%d", n)] = true
				all = append(all, delivery(fmt.Sprint(n)))
			case "forged":
				d := delivery(fmt.Sprint(n))
				d.Body = append(d.Body, '!')
				refused++
				all = append(all, d)
			case "odd":
				text := fmt.Sprintf("odd %d", n)
				odd[fmt.Sprint(len(all))] = n
				all = append(all, []byte(text))
			}
		}
		faults := rapid.SliceOfN(rapid.Bool(), 0, 10).Draw(r, "faults")
		fault := func(string) error {
			if len(faults) == 0 {
				return nil
			}
			f := faults[0]
			faults = faults[1:]
			if f {
				return errBroken
			}
			return nil
		}
		b.queue.Fault, b.blobs.Fault = fault, fault
		b.drive(batch(t, all...))
		b.queue.Fault, b.blobs.Fault = nil, nil
		waiting := b.waiting()
		for id := range issues {
			if _, ok := waiting[id]; !ok {
				r.Fatalf("%s does not wait: %v", id, waiting)
			}
		}
		if len(waiting) != len(issues) {
			r.Fatalf("%v wait, of %v", waiting, issues)
		}
		if got := b.tally("refused/acme").Count; got != refused {
			r.Fatalf("%d are counted as refused, and %d were", got, refused)
		}
		if got := b.tally("unreadable").Count; got != len(odd) || len(b.kept()) != len(odd) {
			r.Fatalf("%d are counted as unreadable, %d are kept, and %d were", got, len(b.kept()), len(odd))
		}
	})
}

func FuzzRecord(f *testing.F) {
	for _, seed := range []any{delivery("1"), line{Site: "acme", Key: "k3y", Version: "2"}} {
		b, err := json.Marshal(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"site":"acme","body":"%%%"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b := newBench(t)
		if again := b.handle(batch(t, data, delivery("7"))); again != "" {
			t.Fatalf("%q holds up what is behind it", data)
		}
		if _, ok := b.waiting()["support/7"]; !ok {
			t.Fatalf("%q keeps what is behind it from being heard", data)
		}
	})
}
