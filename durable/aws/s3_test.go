package aws_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/accord/contract"
	"example.com/accord/durable"
	"example.com/accord/durable/aws"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// fakeS3 starts an S3 in memory with one bucket, and returns blobs in it that
// are reached by a way of their own; nil: the usual one.
func fakeS3(t *testing.T, way http.RoundTripper) *aws.Blobs {
	backend := s3mem.New()
	if err := backend.CreateBucket("accord"); err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(srv.Close)
	return aws.NewBlobs(s3.New(s3.Options{
		Region: "eu-central-1", BaseEndpoint: &srv.URL, UsePathStyle: true, Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""),
		Retryer: sdk.NopRetryer{}, HTTPClient: &http.Client{Transport: way},
	}), "accord")
}

func TestBlobsOnGofakes3(t *testing.T) {
	contract.Blobs(t, func(t *testing.T) durable.Blobs { return fakeS3(t, nil) })
}
