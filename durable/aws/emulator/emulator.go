// Package emulator starts the emulators of AWS's services that
// durable/aws/emulators.sh fetches, and makes what a test needs there. Only tests
// with the tag emu import it. An emulator listens on the loopback and ends with
// its test; one that is missing fails the test.
package emulator

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// What the emulators are called with.
const (
	Region = "eu-central-1"
	User   = "local"
	Secret = "local-secret"
)

// Keys are User and Secret.
func Keys() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(User, Secret, "")
}

// Folder is where emulators.sh has put the emulators, as ACCORD_EMULATORS says.
// needed is a path that must be there.
func Folder(t testing.TB, needed string) string {
	t.Helper()
	dir := os.Getenv("ACCORD_EMULATORS")
	if dir == "" {
		t.Fatal("these tests need the emulators: run durable/aws/emulators.sh DIR, and set ACCORD_EMULATORS to DIR")
	}
	if _, err := os.Stat(filepath.Join(dir, needed)); err != nil {
		t.Fatalf("the folder of the emulators does not have %s: run durable/aws/emulators.sh %s", needed, dir)
	}
	return dir
}

// Start runs a program on a free port and returns its URL once it answers. $DIR
// and $PORT are replaced in env, in args and by their values.
func Start(t testing.TB, needed string, env []string, args ...string) string {
	t.Helper()
	dir, port := Folder(t, needed), Port(t)
	fill := strings.NewReplacer("$PORT", port, "$DIR", dir)
	for i := range args {
		args[i] = fill.Replace(args[i])
	}
	var log strings.Builder
	c := exec.Command(args[0], args[1:]...)
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "AWS_EC2_METADATA_DISABLED=true"}
	for _, e := range env {
		c.Env = append(c.Env, fill.Replace(e))
	}
	c.Stdout, c.Stderr = &log, &log
	c.Dir, c.WaitDelay = t.TempDir(), time.Second
	if err := c.Start(); err != nil {
		t.Fatalf("start %s: %v", needed, err)
	}
	t.Cleanup(func() {
		if err := c.Process.Kill(); err != nil {
			t.Errorf("end %s: %v", needed, err)
		}
		if err := c.Wait(); err == nil {
			t.Errorf("%s ended by itself:\n%s", needed, log.String())
		}
	})
	url := "http://127.0.0.1:" + port
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if r, err := http.Get(url); err == nil {
			r.Body.Close()
			return url
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not answer at %s", needed, url)
		}
	}
}

// Port is a free one, below those that the system lends to connections.
func Port(t testing.TB) string {
	t.Helper()
	for range 100 {
		port := fmt.Sprint(10_000 + rand.IntN(20_000))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return ""
}

// DynamoDBLocal is Amazon's own engine, whoever calls it with whatever region.
func DynamoDBLocal(t testing.TB) string {
	t.Helper()
	const jar = "node_modules/amplify-dynamodb-simulator/emulator"
	return Start(t, jar, nil, "java", "-Djava.library.path=$DIR/"+jar+"/DynamoDBLocal_lib", "-jar", "$DIR/"+jar+"/DynamoDBLocal.jar",
		"-port", "$PORT", "-inMemory", "-sharedDb")
}

// Dynalite is a DynamoDB that knows no transactions.
func Dynalite(t testing.TB) string {
	t.Helper()
	const cli = "node_modules/dynalite/cli.js"
	return Start(t, cli, nil, "$DIR/node", "$DIR/"+cli, "--host", "127.0.0.1", "--port", "$PORT", "--createTableMs", "0")
}

// Fauxqs is an SQS.
func Fauxqs(t testing.TB) string {
	t.Helper()
	const cli = "node_modules/fauxqs/dist/cli.js"
	return Start(t, cli, []string{"FAUXQS_PORT=$PORT", "FAUXQS_HOST=127.0.0.1", "FAUXQS_LOGGER=false"}, "$DIR/node", "$DIR/"+cli)
}

// Versitygw is an S3 that keeps its buckets in a folder.
func Versitygw(t testing.TB) string {
	t.Helper()
	return Start(t, "bin/versitygw", nil, "$DIR/bin/versitygw", "--port", "127.0.0.1:$PORT", "--access", User, "--secret", Secret,
		"--region", Region, "--quiet", "posix", t.TempDir())
}
