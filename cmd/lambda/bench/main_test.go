package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"example.com/accord/config"
)

// script is a bootstrap in a few lines of bash.
func script(t *testing.T, lines string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(path, []byte("#!/usr/bin/env bash\n"+lines), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

const asks = `exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/://}"; printf '%s HTTP/1.1\r\n\r\n' "$ASKS" >&3; read -r <&3`

// TestStart: the time until the first call for an event, and no other; and
// nothing runs on.
func TestStart(t *testing.T) {
	env := []string{"PATH=" + os.Getenv("PATH"), "ASKS=GET /2018-06-01/runtime/invocation/next"}
	s, err := start(t.Context(), script(t, "sleep 0.05\n"+asks), env)
	if err != nil || s.took < 50*time.Millisecond || s.took > 10*time.Second || s.cpu <= 0 || s.cpu > s.took {
		t.Errorf("%+v, %v", s, err)
	}
	for want, c := range map[string]struct{ lines, asks string }{
		"it ended: no luck":                   {"echo no luck; exit 1", ""},
		`it asks for "POST /2018-06-01/x HTT`: {asks, "POST /2018-06-01/x"},
	} {
		if _, err := start(t.Context(), script(t, c.lines), []string{env[0], "ASKS=" + c.asks}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := start(t.Context(), filepath.Join(t.TempDir(), "none"), nil); err == nil {
		t.Error("what is not there starts")
	}
}

func TestMeter(t *testing.T) {
	path := script(t, asks)
	m := &meter{ctx: t.Context(), env: []string{"PATH=" + os.Getenv("PATH"), "ASKS=GET /2018-06-01/runtime/invocation/next"}, hello: path, evicts: evict(path) == nil}
	rows, err := m.rows([]bootstrap{{"bench/hello", path, 10, 20}, {"answer", path, 30, 40}}, 4)
	if err != nil || len(rows) != 2 {
		t.Fatalf("%+v, %v", rows, err)
	}
	counted := 4 - m.noisy
	if h := rows[0]; h.Zip != 10 || h.Warm.Count != counted || h.WarmRatio.Count != 0 {
		t.Errorf("hello: %+v, %d repetitions count", h, counted)
	}
	if a := rows[1]; a.Goal != 1 || a.Binary != 40 || a.Warm.Count != counted || a.WarmRatio.Count != counted || a.CPURatio.Count != counted || (a.Cold.Count == counted) != (m.evicts || counted == 0) {
		t.Errorf("answer: %+v, %d repetitions count, evicted: %v", a, counted, m.evicts)
	}
	if _, err := m.rows([]bootstrap{{path: path}, {name: "none", path: path + "x"}}, 1); err == nil || !strings.Contains(err.Error(), "start none") {
		t.Errorf("%v", err)
	}
}

// TestEvict: what is said to be gone is.
func TestEvict(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := evict(path); err != nil {
		if runtime.GOOS == "linux" && !strings.Contains(err.Error(), "pages stay") { // as on a file system in memory
			t.Fatal(err)
		}
		t.Logf("nothing can be evicted here: %v", err)
	}
	if err := evict(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("what is not there was evicted")
	}
}

func TestSpread(t *testing.T) {
	for text, xs := range map[string][]float64{"–": nil, "2.00 (2.00–2.00)": {2}, "2.50 (1.00–9.00)": {9, 2, 1, 3}, "2.00 (1.00–3.00)": {3, 1, 2}} {
		if got := spread(xs); got.String() != text || got.Count != len(xs) {
			t.Errorf("%v is %v, want %s", xs, got, text)
		}
	}
	own, ratio, cpu := spreads([]Pair{{Start{3 * time.Millisecond, 6}, Start{time.Millisecond, 3}}, {Start{time.Millisecond, 4}, Start{time.Millisecond, 1}}})
	if own.Median != 2 || ratio.Median != 2 || cpu.Median != 3 {
		t.Errorf("%v, %v, %v", own, ratio, cpu)
	}
}

func TestPrint(t *testing.T) {
	var b strings.Builder
	one := Spread{1.5, 1, 2, 3}
	print(&b, Result{
		Go: "go1.26", Processors: 2, Load: "0.1 0.2 0.3", When: "2026-11-24", Repetitions: 15, Noisy: 1, NotEvicted: "no",
		Functions:  []Row{{Function: "answer", Zip: 2_100_000, Binary: 5_200_000, Warm: one, WarmRatio: one, CPURatio: one, Goal: 1}},
		Deliveries: []Delivery{{"answer", one, one}},
	})
	for _, want := range []string{
		"go1.26, 2 processors, load 0.1 0.2 0.3, 2026-11-24; 1 of 15 repetitions were noisy", "\nNothing was evicted: no\n",
		"\n| answer | 2.1 | 5.2 | 1.50 (1.00–2.00) | 1.50 (1.00–2.00) | 1.50 (1.00–2.00) | – | – | ≤ 1.0 |\n", "\n| answer | 1.50 (1.00–2.00) | 1.50 (1.00–2.00) |\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
	for table := range strings.SplitSeq(b.String(), "\n\n") {
		lines := strings.Split(strings.TrimSpace(table), "\n")
		for _, l := range lines {
			if strings.HasPrefix(lines[0], "|") && strings.Count(l, "|") != strings.Count(lines[0], "|") {
				t.Errorf("the line %q has not the columns of %q", l, lines[0])
			}
		}
	}
}

// TestAround: what is given can be read as what a function asks for.
func TestAround(t *testing.T) {
	server, env, err := around()
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	ask := func(target, in string) (int, string) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Amz-Target", target)
		return do(t, r)
	}
	_, current := ask("DynamoDB_20120810.GetItem", `{"Key":{"sk":{"S":"=config/current"}}}`)
	_, digest, _ := strings.Cut(current, `digest\":\"`)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/bucket/config/"+digest[:64]+".json", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, src := do(t, r); src == "" {
		t.Error("there is no configuration")
	} else if c, err := config.Load([]byte(src)); err != nil || len(c.Sites) != 2 {
		t.Errorf("%d sites: %v", len(c.Sites), err)
	}
	for target, want := range map[string]string{"secretsmanager.GetSecretValue": `{"SecretString":"https:`, "Kinesis_20131202.PutRecord": `"SequenceNumber":"1"`, "DynamoDB_20120810.GetItem": "{}"} {
		if status, text := ask(target, "{}"); status != 200 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", target, status, text)
		}
	}
	if status, _ := ask("DynamoDB_20120810.Query", "{}"); status != 404 {
		t.Errorf("what no start asks for is answered with %d", status)
	}
	if !strings.Contains(fmt.Sprint(env), "AWS_ENDPOINT_URL="+server.URL) {
		t.Errorf("%q", env)
	}
}

func do(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(b)
}
