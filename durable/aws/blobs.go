package aws

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"example.com/accord/durable"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// partSize is how much of a blob is in memory at a time. S3 takes up to 10,000
// parts, each but the last of 5 MiB at least: so a blob has 80 GB at most.
const partSize = 8 << 20

// Blobs are blobs in a bucket of S3, each under its key.
type Blobs struct {
	s3     *s3.Client
	bucket string
}

var _ durable.Blobs = (*Blobs)(nil)

// NewBlobs returns the blobs in a bucket.
func NewBlobs(client *s3.Client, bucket string) *Blobs { return &Blobs{client, bucket} }

// Put implements [durable.Blobs]. What is no longer than a part is one call; of
// more, a part at a time is read and sent, and the whole is there with the last call.
func (b *Blobs) Put(ctx context.Context, key string, r io.Reader) error {
	return b.explain("put", key, b.put(ctx, key, r, nil))
}

// Create is Put for a key that must be new: it says whether it was. A blob that
// is there is left alone.
func (b *Blobs) Create(ctx context.Context, key string, r io.Reader) (created bool, err error) {
	err = b.put(ctx, key, r, new("*"))
	if code := codeOf(err); code == "PreconditionFailed" || code == "ConditionalRequestConflict" {
		return false, nil
	}
	return err == nil, b.explain("create", key, err)
}

// put stores r. Unless "*" says that no blob may be there; nil: whatever is there.
func (b *Blobs) put(ctx context.Context, key string, r io.Reader, unless *string) error {
	if err := errors.Join(ctx.Err(), durable.CheckKey(key)); err != nil {
		return err
	}
	first, more, err := part(r)
	if err != nil {
		return err
	}
	if more {
		return b.putParts(ctx, key, first, r, unless)
	}
	_, err = b.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.bucket, Key: &key, Body: bytes.NewReader(first), ContentLength: new(int64(len(first))), IfNoneMatch: unless,
	})
	return err
}

// part reads the next part of r, and says whether there may be more.
func part(r io.Reader) (p []byte, more bool, err error) {
	p, err = io.ReadAll(io.LimitReader(r, partSize))
	return p, len(p) == partSize, err
}

func (b *Blobs) putParts(ctx context.Context, key string, first []byte, r io.Reader, unless *string) error {
	up, err := b.s3.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &b.bucket, Key: &key})
	if err != nil {
		return err
	}
	parts, err := b.sendParts(ctx, key, up.UploadId, first, r)
	if err == nil {
		_, err = b.s3.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: &b.bucket, Key: &key, UploadId: up.UploadId, IfNoneMatch: unless, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
	}
	if err != nil { // what cannot be cleared away here, the bucket's lifecycle does
		_, aborted := b.s3.AbortMultipartUpload(context.WithoutCancel(ctx), &s3.AbortMultipartUploadInput{Bucket: &b.bucket, Key: &key, UploadId: up.UploadId})
		if codeOf(aborted) == "NoSuchUpload" {
			aborted = nil
		}
		return errors.Join(err, aborted)
	}
	return nil
}

func (b *Blobs) sendParts(ctx context.Context, key string, upload *string, p []byte, r io.Reader) (parts []types.CompletedPart, err error) {
	for n, more := int32(1), true; len(p) > 0; n++ {
		sent, err := b.s3.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: &b.bucket, Key: &key, UploadId: upload, PartNumber: new(n), Body: bytes.NewReader(p), ContentLength: new(int64(len(p))),
		})
		if err != nil {
			return nil, err
		}
		parts = append(parts, types.CompletedPart{PartNumber: new(n), ETag: sent.ETag})
		if !more {
			break
		}
		if p, more, err = part(r); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// Open implements [durable.Blobs].
func (b *Blobs) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	if err := errors.Join(ctx.Err(), durable.CheckKey(key)); err != nil {
		return nil, b.explain("open", key, err)
	}
	out, err := b.s3.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.bucket, Key: &key})
	if code := codeOf(err); code == "NoSuchKey" || code == "NotFound" {
		err = durable.ErrNotFound
	}
	if err != nil {
		return nil, b.explain("open", key, err)
	}
	return out.Body, nil
}

// Remove implements [durable.Blobs].
func (b *Blobs) Remove(ctx context.Context, key string) error {
	err := errors.Join(ctx.Err(), durable.CheckKey(key))
	if err == nil {
		_, err = b.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.bucket, Key: &key})
	}
	if code := codeOf(err); code == "NoSuchKey" {
		err = nil
	}
	return b.explain("remove", key, err)
}

// Keys implements [durable.Blobs].
func (b *Blobs) Keys(ctx context.Context, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		in := &s3.ListObjectsV2Input{Bucket: &b.bucket, Prefix: &prefix}
		for {
			out, err := b.s3.ListObjectsV2(ctx, in)
			if err != nil {
				yield("", fmt.Errorf("list blobs in bucket %s: %w", b.bucket, err))
				return
			}
			for _, o := range out.Contents {
				if key := value(o.Key); durable.CheckKey(key) == nil && !yield(key, nil) {
					return
				}
			}
			if in.ContinuationToken = out.NextContinuationToken; in.ContinuationToken == nil {
				return
			}
		}
	}
}

func (b *Blobs) explain(verb, key string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s blob %s in bucket %s: %w", verb, key, b.bucket, err)
}
