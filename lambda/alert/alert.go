// Package alert tells people what went wrong. It is the function alert, without
// AWS: notices of a topic become messages of a Slack channel, by its incoming
// webhook.
package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"example.com/accord/connector"
)

// MaxText is how much of a notice is told, in bytes.
const MaxText = 3000

// A Handler posts to one channel.
type Handler struct {
	Webhook connector.Secret // the address of the channel's incoming webhook: whoever has it can post
	Client  *http.Client     // nil: http.DefaultClient
	Log     *slog.Logger
}

// Handle posts each notice. An error says that one was not taken; the topic
// then delivers again.
func (h *Handler) Handle(ctx context.Context, e events.SNSEvent) error {
	for _, r := range e.Records {
		if err := h.post(ctx, text(r.SNS)); err != nil {
			return fmt.Errorf("post notice %s: %w", r.SNS.MessageID, err)
		}
		h.Log.Info("alert", "notice", r.SNS.MessageID, "subject", r.SNS.Subject)
	}
	return nil
}

func (h *Handler) post(ctx context.Context, text string) error {
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.Webhook.Reveal(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the webhook's address is none") // err would show it
	}
	r.Header.Set("Content-Type", "application/json")
	client := h.Client
	if client == nil {
		client = http.DefaultClient
	}
	got, err := client.Do(r)
	if err != nil {
		return fmt.Errorf("%s", strings.ReplaceAll(err.Error(), h.Webhook.Reveal(), "[secret]"))
	}
	defer got.Body.Close()
	if got.StatusCode/100 != 2 {
		why, _ := io.ReadAll(io.LimitReader(got.Body, 200)) // what cannot be read of it explains nothing
		return fmt.Errorf("the channel answers %d: %s", got.StatusCode, why)
	}
	return nil
}

// An alarm is what CloudWatch says in a notice.
type alarm struct {
	Name        string `json:"AlarmName"`
	Description string `json:"AlarmDescription"`
	Account     string `json:"AWSAccountId"`
	Region      string `json:"Region"`
	State       string `json:"NewStateValue"`
	Was         string `json:"OldStateValue"`
	Reason      string `json:"NewStateReason"`
	At          string `json:"StateChangeTime"`
}

// text is what people read: an alarm in words, any other notice as it is.
func text(n events.SNSEntity) string {
	var a alarm
	if json.Unmarshal([]byte(n.Message), &a) != nil || a.Name == "" || a.State == "" {
		return escape(cut(strings.TrimSpace(n.Subject + "\n" + n.Message)))
	}
	mark := map[string]string{"ALARM": ":red_circle:", "OK": ":large_green_circle:"}[a.State]
	if mark == "" {
		mark = ":white_circle:"
	}
	lines := []string{fmt.Sprintf("%s *%s* is %s, was %s", mark, escape(a.Name), escape(a.State), escape(a.Was))}
	for _, l := range []string{a.Description, a.Reason, strings.Trim(a.Account+" "+a.Region+" "+a.At, " ")} {
		if l != "" {
			lines = append(lines, escape(cut(l)))
		}
	}
	return strings.Join(lines, "\n")
}

// escape keeps Slack from reading addresses and commands into a text.
func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// cut keeps a text within MaxText, and valid.
func cut(s string) string {
	if len(s) <= MaxText {
		return s
	}
	s = s[:MaxText]
	for !utf8.ValidString(s) && len(s) > 0 {
		s = s[:len(s)-1]
	}
	return s + " …"
}
