//go:build emu

package aws_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	"example.com/accord/durable/aws/emulator"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestBlobsOnVersitygw(t *testing.T) {
	client, n := emulator.Buckets(emulator.Versitygw(t)), &names{}
	contract.Blobs(t, func(t *testing.T) durable.Blobs { return aws.NewBlobs(client, emulator.Bucket(t, client, n.next())) })
}

func TestALongBlobIsSentInParts(t *testing.T) {
	client := emulator.Buckets(emulator.Versitygw(t))
	b := aws.NewBlobs(client, emulator.Bucket(t, client, "parts"))
	for name, size := range map[string]int{"just one part": 8 << 20, "two and a bit": 16<<20 + 7, "two": 16 << 20} {
		want := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		if err := b.Put(t.Context(), name, iotest.HalfReader(bytes.NewReader(want))); err != nil {
			t.Fatal(err)
		}
		r, err := b.Open(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes came back, want the %d that were put (%v)", name, len(got), len(want), err)
		}
	}
	broken := errors.New("broken")
	half := io.MultiReader(bytes.NewReader(make([]byte, 9<<20)), iotest.ErrReader(broken))
	if err := b.Put(t.Context(), "half", half); !errors.Is(err, broken) {
		t.Errorf("put from a reader that breaks in the second part: %v, want its error", err)
	}
	if r, err := b.Open(t.Context(), "half"); !errors.Is(err, durable.ErrNotFound) {
		t.Errorf("half a blob is there: %v (%v)", r, err)
	}
	ups, err := client.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: new("parts")})
	if err != nil || len(ups.Uploads) != 0 {
		t.Errorf("%d uploads were left open (%v)", len(ups.Uploads), err)
	}
}

func TestCreateLeavesABlobAlone(t *testing.T) {
	client := emulator.Buckets(emulator.Versitygw(t))
	b := aws.NewBlobs(client, emulator.Bucket(t, client, "create"))
	for i, want := range []bool{true, false} {
		if created, err := b.Create(t.Context(), "one", strings.NewReader("content "+string('a'+rune(i)))); created != want || err != nil {
			t.Errorf("create %d: %v (%v), want %v", i, created, err, want)
		}
	}
	r, err := b.Open(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "content a" {
		t.Errorf("it holds %q (%v), want what was first", got, err)
	}
}
