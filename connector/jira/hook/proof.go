package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"example.com/accord/connector"
)

// Signed reports whether a signature, as the header X-Hub-Signature has it, is
// one over the raw body with the secret. It takes the same time whichever is
// wrong: docs/JIRA.md "Webhooks".
func Signed(secret connector.Secret, signature string, body []byte) bool {
	method, sum, _ := strings.Cut(signature, "=")
	got, err := hex.DecodeString(sum)
	if err != nil || !strings.EqualFold(method, "sha256") || !secret.Set() {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret.Reveal()))
	mac.Write(body)
	return hmac.Equal(got, mac.Sum(nil))
}

// drift is how far the clocks of a site and of this machine may be apart.
const drift = 5 * time.Minute

// Proven reports whether a token, as the header Authorization has it, is signed
// with the secret of the app that registered the webhook, and was good at that
// time. None at all is no disproof: whether every delivery has one is not known,
// and the address was proof before: docs/JIRA.md "Dynamic webhooks".
func Proven(app connector.Secret, authorization string, at time.Time) bool {
	scheme, token, _ := strings.Cut(strings.TrimSpace(authorization), " ")
	switch {
	case scheme == "":
		return true
	case !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "JWT"), !app.Set():
		return false
	}
	p := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithLeeway(drift), jwt.WithTimeFunc(func() time.Time { return at }))
	_, err := p.ParseWithClaims(strings.TrimSpace(token), jwt.MapClaims{}, func(*jwt.Token) (any, error) { return []byte(app.Reveal()), nil })
	return err == nil
}
