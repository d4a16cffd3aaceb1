package aws

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/smithy-go"
)

// denied is how a service says which action is not permitted.
var denied = regexp.MustCompile(`not authorized to perform: ([A-Za-z0-9-]+:[A-Za-z0-9]+)`)

// actions are the permissions of the calls that are not named like them, or need
// another. Source: "Actions, resources, and condition keys" of each service.
var actions = map[string]string{
	"dynamodb:TransactWriteItems": "dynamodb:PutItem and dynamodb:DeleteItem",
	"sqs:SendMessageBatch":        "sqs:SendMessage",
	"s3:HeadObject":               "s3:GetObject",
	"s3:ListObjectsV2":            "s3:ListBucket",
}

// Explain adds to an error of AWS what a person can do about it. Other errors
// are as they were.
func Explain(err error) error {
	api, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return err
	}
	switch code := api.ErrorCode(); {
	case strings.Contains(code, "QueueDoesNotExist"), strings.Contains(code, "NonExistentQueue"):
		return fmt.Errorf("%w\nthere is no such stack in this region of this account: deploy/aws/deploy.sh makes one; AWS_REGION and AWS_PROFILE say where it is looked for", err)
	case strings.Contains(code, "AccessDenied"), code == "Forbidden", code == "UnauthorizedOperation":
		return fmt.Errorf("%w\nthe AWS credentials do not permit %s; docs/AWS.md \"From the command line\" lists what is needed", err, action(err))
	case strings.HasPrefix(code, "ExpiredToken"), code == "InvalidClientTokenId", code == "InvalidAccessKeyId", code == "UnrecognizedClientException",
		code == "SignatureDoesNotMatch", code == "InvalidSignatureException", code == "RequestExpired":
		return fmt.Errorf("%w\nthe AWS credentials are not valid, or no longer: log in again, for example with `aws sso login`", err)
	}
	return err
}

// action is the permission that was missing: the one that the service names, or
// that of the call.
func action(err error) string {
	if m := denied.FindStringSubmatch(err.Error()); m != nil {
		return m[1]
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok && strings.HasPrefix(strings.ToLower(api.ErrorCode()), "kms") {
		return "kms:Decrypt and kms:GenerateDataKey with the key of the stack"
	}
	op, ok := errors.AsType[*smithy.OperationError](err)
	if !ok {
		return "this"
	}
	name := strings.ToLower(strings.ReplaceAll(op.Service(), " ", "")) + ":" + op.Operation()
	if other, ok := actions[name]; ok {
		return other
	}
	return name
}
