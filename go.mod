module example.com/accord

go 1.26.0

require (
	github.com/getkin/kin-openapi v0.153.0 // tests: the simulated Jira's answers against Atlassian's OpenAPI documents
	github.com/goccy/go-yaml v1.19.2 // accord.yaml: keeps line and column of every node, so that a fault can name them
	github.com/golang-jwt/jwt/v5 v5.3.1 // the token that proves a delivery to an OAuth 2.0 app
	github.com/google/go-cmp v0.7.0 // tests: readable differences
	github.com/rogpeppe/go-internal v1.16.0 // tests: txtar stories and testscript for the command line
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // tests: documents of ADF against Atlassian's schema
	github.com/spf13/cobra v1.10.2 // the command line: completion, help and man pages as users know them
	golang.org/x/oauth2 v0.37.0 // a person's consent that Accord may act for him at Jira Cloud
	golang.org/x/term v0.47.0 // is it a terminal?
	modernc.org/sqlite v1.62.0 // the embedded store: SQLite without cgo, so one static binary, and it works under synctest
	pgregory.net/rapid v1.3.0 // tests: laws by random search with shrinking
)

// The second way to run, in the user's own AWS account.
require (
	github.com/aws/aws-lambda-go v1.55.1 // the runtime interface of Lambda and the shapes of its events
	github.com/aws/aws-sdk-go-v2 v1.48.0 // signing, retries and errors of every service
	github.com/aws/aws-sdk-go-v2/config v1.33.16 // credentials and region, where Lambda and a caller's shell have them
	github.com/aws/aws-sdk-go-v2/credentials v1.20.16 // those of a function, out of its environment; tests: fixed ones for emulators
	github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs v1.92.1 // the logs that are archived, and how long they are kept
	github.com/aws/aws-sdk-go-v2/service/dynamodb v1.68.0 // the store; the last in whose start no tables of all its operations are made: hear and turn start a fifth sooner
	github.com/aws/aws-sdk-go-v2/service/s3 v1.114.9 // the blobs
	github.com/aws/aws-sdk-go-v2/service/scheduler v1.18.2 // the schedules of a developer stack that has expired
	github.com/aws/aws-sdk-go-v2/service/secretsmanager v1.49.0 // tokens and path keys; as dynamodb
	github.com/aws/aws-sdk-go-v2/service/sns v1.47.10 // notices to people
	github.com/aws/aws-sdk-go-v2/service/sqs v1.48.1 // the queue; as dynamodb
	github.com/aws/smithy-go v1.28.9 // the error codes of the services
	github.com/johannesboyne/gofakes3 v1.2.0 // tests: S3 in memory, over HTTP
	gopkg.in/yaml.v3 v3.0.1 // templates of AWS, whose short tags goccy/go-yaml reads otherwise
)

require (
	github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream v1.7.26 // indirect
	github.com/aws/aws-sdk-go-v2/feature/ec2/imds v1.20.8 // indirect
	github.com/aws/aws-sdk-go-v2/internal/configsources v1.5.11 // indirect
	github.com/aws/aws-sdk-go-v2/internal/endpoints/v2 v2.8.11 // indirect
	github.com/aws/aws-sdk-go-v2/internal/v4a v1.5.11 // indirect
	github.com/aws/aws-sdk-go-v2/service/internal/accept-encoding v1.13.24 // indirect
	github.com/aws/aws-sdk-go-v2/service/internal/checksum v1.11.12 // indirect
	github.com/aws/aws-sdk-go-v2/service/internal/endpoint-discovery v1.13.11 // indirect
	github.com/aws/aws-sdk-go-v2/service/internal/presigned-url v1.14.11 // indirect
	github.com/aws/aws-sdk-go-v2/service/internal/s3shared v1.20.11 // indirect
	github.com/aws/aws-sdk-go-v2/service/signin v1.12.4 // indirect
	github.com/aws/aws-sdk-go-v2/service/sso v1.39.4 // indirect
	github.com/aws/aws-sdk-go-v2/service/ssooidc v1.44.4 // indirect
	github.com/aws/aws-sdk-go-v2/service/sts v1.51.9 // indirect
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/go-openapi/jsonpointer v0.22.5 // indirect
	github.com/go-openapi/swag/jsonname v0.25.5 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/gorilla/mux v1.8.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/ryszard/goskiplist v0.0.0-20150312221310-2dfbae5fcf46 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	go.yaml.in/yaml/v4 v4.0.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.14.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
	modernc.org/libc v1.80.1 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
)
