package aws

import (
	"errors"
	"strings"

	"github.com/aws/smithy-go"
)

// codeOf returns the code that a service gave its error; empty: it is none of a service.
func codeOf(err error) string {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		return e.ErrorCode()
	}
	return ""
}

// unlessLate leaves out the error of a receipt that is too old: the message is
// gone or comes again, and what then is to be done stands in its slot.
func unlessLate(err error) error {
	code := codeOf(err)
	if strings.Contains(code, "ReceiptHandleIsInvalid") || strings.Contains(code, "MessageNotInflight") ||
		code == "InvalidParameterValue" && strings.Contains(err.Error(), "eceipt") {
		return nil
	}
	return err
}
