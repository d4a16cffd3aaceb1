// Package awssim is DynamoDB, SQS, S3 and Secrets Manager in memory, over HTTP:
// as much of each as Accord asks for, and as their documentation says it. The
// emulators know them better; this one is there wherever tests are, and fails on
// demand. S3 is gofakes3. Only tests import it.
package awssim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// Where everything is.
const (
	Account = "123456789012"
	Region  = "eu-central-1"
)

// A Fault is what becomes of one call.
type Fault string

// The faults.
const (
	Throttled Fault = "throttled" // refused: too fast
	Broken    Fault = "broken"    // 500, before its effect
	Lost      Fault = "lost"      // it has its effect, and no answer comes
	Half      Fault = "half"      // of a batch, every second part is left undone, the first among them
	Conflict  Fault = "conflict"  // a transaction met another one
	Denied    Fault = "denied"    // the caller may not do this
)

// A Sim is an account in a region. It may be used by many at the same time.
type Sim struct {
	URL string // of every service

	mu     sync.Mutex
	fault  func(op string) Fault
	tables map[string]map[string]object // by name, each by key
	done   map[string]bool              // transactions, by their token
	queues map[string]*queue
	vault  map[string]string
	disk   *s3mem.Backend
	s3     http.Handler
	came   *sync.Cond // something may have come into a queue
	count  int
}

// Start returns an account with nothing in it, and what ends it.
func Start() (*Sim, func()) {
	s := &Sim{tables: map[string]map[string]object{}, done: map[string]bool{}, queues: map[string]*queue{}, vault: map[string]string{}, disk: s3mem.New()}
	s.came = sync.NewCond(&s.mu)
	s.s3 = gofakes3.New(s.disk).Server()
	srv := httptest.NewServer(s)
	s.URL = srv.URL
	return s, srv.Close
}

// Stack makes what a stack has: a table, a queue for each lane, a bucket.
func (s *Sim) Stack(name string) error {
	s.mu.Lock()
	s.tables[name] = map[string]object{}
	for _, lane := range []string{"live", "bulk"} {
		s.queues[name+"-"+lane] = &queue{}
	}
	s.mu.Unlock()
	return s.disk.CreateBucket(Bucket(name))
}

// Bucket is the name of a stack's bucket.
func Bucket(stack string) string { return stack + "-" + Account + "-" + Region }

// Queue is the URL of a queue.
func (s *Sim) Queue(name string) string { return s.URL + "/" + Account + "/" + name }

// SetSecret stores a secret under its whole name; an empty one removes it.
func (s *Sim) SetSecret(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.vault[name] = text; text == "" {
		delete(s.vault, name)
	}
}

// SetFault lets f say of each call, such as "SQS.ReceiveMessage" or "S3.PUT",
// what becomes of it; empty: all is well. It is called by one at a time.
func (s *Sim) SetFault(f func(op string) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Env is the environment of somebody who has credentials for the account.
func (s *Sim) Env() map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL": s.URL, "AWS_REGION": Region, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
	}
}

// An object is a JSON object as it is sent.
type object = map[string]json.RawMessage

// A refusal is an error of a service.
type refusal struct {
	status  int
	code    string
	message string
	more    object // beside code and message
}

func refuse(code, format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, code: code, message: fmt.Sprintf(format, args...)}
}

// ServeHTTP implements [http.Handler].
func (s *Sim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	service, op, named := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	service = map[string]string{"DynamoDB_20120810": "DynamoDB", "AmazonSQS": "SQS", "secretsmanager": "SecretsManager"}[service]
	if !named {
		service, op = "S3", r.Method
	}
	fault := s.draw(service + "." + op)
	if service == "S3" {
		s.bucket(w, r, fault)
		return
	}
	var in object
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		s.say(w, nil, refuse("SerializationException", "%v", err))
		return
	}
	if no := early(service, fault); no != nil {
		s.say(w, nil, no)
		return
	}
	s.mu.Lock()
	out, no := s.call(service, op, in, fault == Half)
	s.mu.Unlock()
	if fault == Lost {
		panic(http.ErrAbortHandler)
	}
	s.say(w, out, no)
}

func (s *Sim) draw(op string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault == nil {
		return ""
	}
	return s.fault(op)
}

// early is the refusal of a call that has no effect.
func early(service string, f Fault) *refusal {
	switch f {
	case Throttled:
		code := map[string]string{"DynamoDB": "ProvisionedThroughputExceededException", "SQS": "RequestThrottled"}[service]
		return refuse(cmp.Or(code, "ThrottlingException"), "too fast")
	case Broken:
		return &refusal{http.StatusInternalServerError, "InternalServerError", "broken", nil}
	case Denied:
		return refuse("AccessDeniedException", "the caller is not authorized to perform this")
	case Conflict:
		no := refuse("TransactionCanceledException", "met another")
		no.more = object{"CancellationReasons": json.RawMessage(`[{"Code":"TransactionConflict"}]`)}
		return no
	}
	return nil
}

// call carries out one call.
func (s *Sim) call(service, op string, in object, half bool) (any, *refusal) {
	switch service {
	case "DynamoDB":
		return s.table(op, in, half)
	case "SQS":
		return s.mail(op, in, half)
	case "SecretsManager":
		name := text(in["SecretId"])
		if held, ok := s.vault[name]; ok && op == "GetSecretValue" {
			return map[string]string{"Name": name, "SecretString": held}, nil
		}
		return nil, refuse("ResourceNotFoundException", "there is no secret %s", name)
	}
	return nil, refuse("UnknownOperationException", "%s of %s is not simulated", op, service)
}

func (s *Sim) say(w http.ResponseWriter, out any, no *refusal) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	status := http.StatusOK
	if no != nil {
		body := map[string]any{"__type": no.code, "message": no.message}
		for name, v := range no.more {
			body[name] = v
		}
		out, status = body, no.status
	}
	b := raw(out)
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(b)), 10)) // DynamoDB's, which the SDK checks
	w.WriteHeader(status)
	if _, err := w.Write(b); err != nil {
		panic(http.ErrAbortHandler) // whoever asked has gone
	}
}

// bucket is S3 behind a fault.
func (s *Sim) bucket(w http.ResponseWriter, r *http.Request, fault Fault) {
	said := func(status int, code string) {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, fault)
	}
	switch fault {
	case Throttled:
		said(http.StatusServiceUnavailable, "SlowDown")
	case Broken:
		said(http.StatusInternalServerError, "InternalError")
	case Denied:
		said(http.StatusForbidden, "AccessDenied")
	case Lost:
		s.s3.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	default:
		s.s3.ServeHTTP(w, r)
	}
}

// text reads a JSON string; what is none is empty.
func text(raw json.RawMessage) (s string) {
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}
