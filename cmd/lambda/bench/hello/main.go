// Hello is the public example of a Go function, from the README of
// github.com/aws/aws-lambda-go: what every start is held against.
package main

import "github.com/aws/aws-lambda-go/lambda"

func hello() (string, error) {
	return "Hello ƛ!", nil
}

func main() {
	lambda.Start(hello)
}
