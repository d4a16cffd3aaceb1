//go:build emu

// Package emu_test runs what is deployed on emulators. emu/install.sh fetches them.
package emu_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const (
	region  = "eu-central-1"
	account = "123456789012" // ministack takes an access key of twelve digits for the account
	pathKey = "0123456789abcdef0123456789abcdef"
)

type object = map[string]any

// dig returns what stands at a path of names.
func dig(v any, path ...string) any {
	for _, name := range path {
		v = v.(object)[name]
	}
	return v
}

// tool returns the path of what install.sh installs, and fails if it is not there.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(cmp.Or(os.Getenv("ACCORD_EMU"), "../../../.emu"), name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("these tests need %s: run deploy/aws/emu/install.sh", path)
	}
	return path
}

// run runs a command and returns what it prints.
func run(t *testing.T, name string, args ...string) (string, error) {
	c := exec.CommandContext(t.Context(), name, args...)
	c.Env = append(os.Environ(), "AWS_DEFAULT_REGION="+region, "AWS_EC2_METADATA_DISABLED=true")
	out, err := c.Output()
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, e.Stderr)
	}
	return string(out), err
}

// A ministack is ministack 1.5.33, with the functions of this folder's template
// built for this machine. It ends with the test.
type ministack struct {
	t      *testing.T
	url    string
	pid    int
	folder string
	log    *journal
}

// A journal is what a process has printed.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) count(s string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return bytes.Count(j.text.Bytes(), []byte(s))
}

// startMinistack starts it on the loopback. Its functions call it, and wait for
// the state machines' seconds as they are.
func startMinistack(t *testing.T) *ministack {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	m := &ministack{t: t, url: "http://127.0.0.1:" + port, folder: t.TempDir(), log: &journal{}}
	c := exec.Command(tool(t, "ministack/bin/ministack"))
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + m.folder, "TMPDIR=" + m.folder, "GATEWAY_PORT=" + port, "BIND_HOST=127.0.0.1", "MINISTACK_HOST=127.0.0.1",
		"MINISTACK_REGION=" + region, "AWS_ENDPOINT_URL=" + m.url, "AWS_EC2_METADATA_DISABLED=true", "ACCOUNT_ID=" + account}
	c.Dir, c.Stdout, c.Stderr, c.WaitDelay = m.folder, m.log, m.log, time.Second
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	m.pid = c.Process.Pid
	t.Cleanup(func() {
		m.kill("") // its children first: they would outlive it
		c.Process.Kill()
		c.Wait() // it says that it was killed
		if path := filepath.Join(t.ArtifactDir(), "ministack.log"); t.Failed() {
			t.Logf("what ministack said: %s, %v", path, os.WriteFile(path, m.log.text.Bytes(), 0o600))
		}
	})
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if r, err := http.Get(m.url + "/_ministack/health"); err == nil {
			r.Body.Close()
			return m
		}
		if time.Now().After(end) {
			t.Fatalf("ministack does not answer:\n%s", m.log.text.String())
		}
	}
}

// kill kills the running bootstraps of a function, or of all, and says how many.
func (m *ministack) kill(function string) (n int) {
	own := fmt.Sprintf("PPid:\t%d\n", m.pid)
	dirs, _ := filepath.Glob("/proc/[0-9]*") // the pattern is well formed
	for _, dir := range dirs {
		status, err := os.ReadFile(dir + "/status")
		if err != nil || !strings.Contains(string(status), own) {
			continue
		}
		env, err := os.ReadFile(dir + "/environ")
		if err != nil || !strings.Contains(string(env), "\x00AWS_LAMBDA_FUNCTION_NAME="+function) {
			continue
		}
		var pid int
		if _, err := fmt.Sscan(filepath.Base(dir), &pid); err != nil {
			continue
		}
		if p, err := os.FindProcess(pid); err == nil && p.Kill() == nil {
			n++
		}
	}
	return n
}

func keys() sdk.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(account, "local-secret", "")
}

// ask calls a service of which the module has no client.
func (m *ministack) ask(service, kind, target string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(context.Background(), "POST", m.url+"/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", kind)
	if target != "" {
		r.Header.Set("X-Amz-Target", target)
	}
	who, err := keys().Retrieve(r.Context())
	if err == nil {
		err = v4.NewSigner().SignHTTP(r.Context(), who, r, fmt.Sprintf("%x", sha256.Sum256(body)), service, region, time.Now())
	}
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	out, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s: %s", service, target, resp.Status, out)
	}
	return out, err
}

// call calls an operation with a JSON interface.
func (m *ministack) call(service, target string, in, out any) {
	m.t.Helper()
	body, err := json.Marshal(in)
	if err == nil {
		body, err = m.ask(service, "application/x-amz-json-1.1", target, body)
	}
	if err == nil && out != nil {
		err = json.Unmarshal(body, out)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *ministack) files() *s3.Client {
	return s3.New(s3.Options{Region: region, BaseEndpoint: &m.url, Credentials: keys(), UsePathStyle: true})
}

// upload puts an object into the bucket "code".
func (m *ministack) upload(name string, body []byte) {
	m.t.Helper()
	if _, err := m.files().PutObject(m.t.Context(), &s3.PutObjectInput{Bucket: new("code"), Key: &name, Body: bytes.NewReader(body)}); err != nil {
		m.t.Fatal(err)
	}
}

// translated is a template of the folder above as SAM hands it to CloudFormation.
func translated(t *testing.T, name string) object {
	t.Helper()
	text, err := run(t, tool(t, "venv/bin/python"), "translate.py", "../"+name)
	if err != nil {
		t.Fatal(err)
	}
	var whole object
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		t.Fatal(err)
	}
	return whole
}

// each calls edit with the resources of a template; those for which it is false
// are removed.
func each(whole object, edit func(kind, id string, r object) bool) {
	all := whole["Resources"].(object)
	for id, r := range all {
		if r := r.(object); !edit(r["Type"].(string), id, r) {
			delete(all, id)
		}
	}
}

// deploy packs the functions and creates the stack "accord" of the template.
// What it has to leave out: CodeDeploy, which ministack has not, and the alarms
// that compute with metrics.
func (m *ministack) deploy(params map[string]string, edit func(kind, id string, props object)) {
	m.t.Helper()
	place := &types.CreateBucketConfiguration{LocationConstraint: region}
	if _, err := m.files().CreateBucket(m.t.Context(), &s3.CreateBucketInput{Bucket: new("code"), CreateBucketConfiguration: place}); err != nil {
		m.t.Fatal(err)
	}
	watch := translated(m.t, "watch.yaml")
	each(watch, func(_, _ string, r object) bool { return r["Properties"].(object)["Metrics"] == nil })
	m.uploadJSON("watch.yaml", watch)
	definition, err := os.ReadFile("../loop.asl.json")
	if err != nil {
		m.t.Fatal(err)
	}
	m.upload("loop.asl.json", definition)
	whole := translated(m.t, "template.yaml")
	var zips []string
	each(whole, func(kind, id string, r object) bool {
		props, _ := r["Properties"].(object)
		switch kind {
		case "AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup":
			return false
		case "AWS::Lambda::Alias":
			delete(r, "UpdatePolicy")
		case "AWS::Lambda::Function":
			props["Architectures"] = []string{map[string]string{"amd64": "x86_64", "arm64": "arm64"}[runtime.GOARCH]}
			zips = append(zips, props["Code"].(object)["S3Key"].(string))
		case "AWS::CloudFormation::Stack":
			props["TemplateURL"] = m.url + "/code/watch.yaml"
		}
		edit(kind, id, props)
		return true
	})
	m.pack(zips)
	m.uploadJSON("template.json", whole)
	form := url.Values{"Action": {"CreateStack"}, "Version": {"2010-05-15"}, "StackName": {"accord"}, "TemplateURL": {m.url + "/code/template.json"}}
	for i, name := range []string{"CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"} {
		form.Set(fmt.Sprintf("Capabilities.member.%d", i+1), name)
	}
	for i, name := range slices.Sorted(maps.Keys(params)) {
		form.Set(fmt.Sprintf("Parameters.member.%d.ParameterKey", i+1), name)
		form.Set(fmt.Sprintf("Parameters.member.%d.ParameterValue", i+1), params[name])
	}
	m.cloudFormation(form)
	m.created()
}

func (m *ministack) uploadJSON(name string, v any) {
	m.t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		m.t.Fatal(err)
	}
	m.upload(name, text)
}

func (m *ministack) cloudFormation(form url.Values) string {
	m.t.Helper()
	out, err := m.ask("cloudformation", "application/x-www-form-urlencoded", "", []byte(form.Encode()))
	if err != nil {
		m.t.Fatal(err)
	}
	return string(out)
}

// created waits for the stack.
func (m *ministack) created() {
	m.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		var stack struct {
			Status string `xml:"DescribeStacksResult>Stacks>member>StackStatus"`
			Why    string `xml:"DescribeStacksResult>Stacks>member>StackStatusReason"`
		}
		out := m.cloudFormation(url.Values{"Action": {"DescribeStacks"}, "Version": {"2010-05-15"}, "StackName": {"accord"}})
		if err := xml.Unmarshal([]byte(out), &stack); err != nil {
			m.t.Fatal(err)
		}
		if stack.Status == "CREATE_COMPLETE" {
			return
		}
		if !strings.HasSuffix(stack.Status, "_IN_PROGRESS") || time.Now().After(end) {
			m.t.Fatalf("the stack is %s: %s\n%s", stack.Status, stack.Why, m.log.text.String())
		}
	}
}

// pack builds functions for this machine and uploads their zips.
func (m *ministack) pack(zips []string) {
	m.t.Helper()
	into := filepath.Join(m.folder, "zips")
	args := []string{"run", "./cmd/lambda/pack", "-arch", runtime.GOARCH, "-o", into}
	for _, zip := range zips {
		args = append(args, strings.TrimSuffix(zip, ".zip"))
	}
	c := exec.CommandContext(m.t.Context(), "go", args...)
	c.Dir = "../../.."
	if out, err := c.CombinedOutput(); err != nil {
		m.t.Fatalf("pack: %v\n%s", err, out)
	}
	for _, zip := range zips {
		b, err := os.ReadFile(filepath.Join(into, zip))
		if err != nil {
			m.t.Fatal(err)
		}
		m.upload(zip, b)
	}
}

// front starts the front of a stack, and returns its address: a process that does
// with a webhook what the template says of POST, and puts it to kinesis.
func (m *ministack) front(stack, pathKey, kinesis string) string {
	m.t.Helper()
	tp := translated(m.t, "template.yaml")
	integration := dig(tp, "Resources", "HookPost", "Properties", "Integration").(object)
	templates := object{}
	for kind := range integration["RequestTemplates"].(object) {
		templates[kind] = dig(tp, "Mappings", "Hook", "Record", "Template")
	}
	api, err := json.Marshal(map[string]any{
		"door": pathKey, "templates": templates, "responses": integration["IntegrationResponses"], "stage": map[string]string{"stream": stack + "-hooks"}, "kinesis": kinesis,
		"authorization": "AWS4-HMAC-SHA256 Credential=" + account + "/20260101/" + region + "/kinesis/aws4_request, SignedHeaders=host, Signature=none",
	})
	config := filepath.Join(m.folder, "front.json")
	if err == nil {
		err = os.WriteFile(config, api, 0o600)
	}
	if err != nil {
		m.t.Fatal(err)
	}
	c := exec.Command(tool(m.t, "node"), "../velocity/front.mjs", tool(m.t, "npm"), config)
	c.Stderr = m.t.Output()
	said, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	var address string
	if _, err := fmt.Fscan(said, &address); err != nil {
		m.t.Fatal(err)
	}
	return address
}
