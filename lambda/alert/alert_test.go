package alert_test

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/connector"
	"example.com/accord/lambda/alert"
)

// A channel is Slack's side of an incoming webhook.
type channel struct {
	*httptest.Server
	status int
	texts  []string
}

func newChannel(t *testing.T) *channel {
	c := &channel{status: 200}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		var m struct {
			Text string `json:"text"`
		}
		if err != nil || json.Unmarshal(b, &m) != nil || r.Method != "POST" || r.Header.Get("Content-Type") != "application/json" || m.Text == "" {
			http.Error(w, "invalid_payload", 400)
			return
		}
		c.texts = append(c.texts, m.Text)
		w.WriteHeader(c.status)
		io.WriteString(w, map[bool]string{true: "ok", false: "channel_is_archived"}[c.status == 200])
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *channel) handler() *alert.Handler {
	return &alert.Handler{Webhook: connector.NewSecret(c.URL + "/services/hush"), Log: slog.New(slog.DiscardHandler)}
}

func notices(messages ...string) (e events.SNSEvent) {
	for _, m := range messages {
		e.Records = append(e.Records, events.SNSEventRecord{SNS: events.SNSEntity{MessageID: "n-1", Subject: "accord: sweep failed", Message: m}})
	}
	return e
}

func TestTexts(t *testing.T) {
	for name, c := range map[string]struct{ reason, message, want string }{
		"alarm": {"its state first", `{"AlarmName":"accord-oldest","AlarmDescription":"events wait","AWSAccountId":"123","Region":"EU","NewStateValue":"ALARM","OldStateValue":"OK","NewStateReason":"1 > 0 & <@all>","StateChangeTime":"2026-11-24"}`,
			":red_circle: *accord-oldest* is ALARM, was OK\nevents wait\n1 &gt; 0 &amp; &lt;@all&gt;\n123 EU 2026-11-24"},
		"alarm that is over": {"people want to know that too", `{"AlarmName":"a","NewStateValue":"OK","OldStateValue":"ALARM"}`, ":large_green_circle: *a* is OK, was ALARM"},
		"alarm without data": {"neither good nor bad", `{"AlarmName":"a","NewStateValue":"INSUFFICIENT_DATA","OldStateValue":"OK"}`, ":white_circle: *a* is INSUFFICIENT_DATA, was OK"},
		"words":              {"as they are, but that nobody is called", "<!channel> it broke", "accord: sweep failed\n&lt;!channel&gt; it broke"},
		"other JSON":         {"nothing is left out", `{"Error":"x"}`, "accord: sweep failed\n" + `{"Error":"x"}`},
	} {
		ch := newChannel(t)
		if err := ch.handler().Handle(t.Context(), notices(c.message)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(ch.texts) != 1 || ch.texts[0] != c.want {
			t.Errorf("%s: %q, want %q: %s", name, ch.texts, c.want, c.reason)
		}
	}
}

func TestLongTextsAreCut(t *testing.T) {
	ch := newChannel(t)
	if err := ch.handler().Handle(t.Context(), notices(strings.Repeat("ä", alert.MaxText))); err != nil {
		t.Fatal(err)
	}
	if got := ch.texts[0]; len(got) > alert.MaxText+10 || !strings.HasSuffix(got, "ä …") {
		t.Errorf("%d bytes, ending %q", len(got), got[len(got)-10:])
	}
}

func TestFailuresAreErrors(t *testing.T) {
	ch := newChannel(t)
	ch.status = 410
	err := ch.handler().Handle(t.Context(), notices("one", "two"))
	if err == nil || !strings.Contains(err.Error(), "410: channel_is_archived") || len(ch.texts) != 1 {
		t.Errorf("after %d texts: %v", len(ch.texts), err)
	}
	h := ch.handler()
	ch.Close()
	if err := h.Handle(t.Context(), notices("one")); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("a channel that does not answer: %v", err)
	}
	h.Webhook = connector.NewSecret("://hush")
	if err := h.Handle(t.Context(), notices("one")); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("an address that is none: %v", err)
	}
}
