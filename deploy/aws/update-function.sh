#!/usr/bin/env bash
# Replaces the code of one function of a dev stack, in seconds, past CloudFormation, which does not notice: to go back, run it
# again with the code of before. A deploy.sh that brings other code of it than the last one replaces it too.
#
#   deploy/aws/update-function.sh turn [accord-dev]
#
# It needs go and aws, and was never run against an account by those who wrote it.
set -euo pipefail
cd "$(dirname "$0")/../.."
function=${1:?"say which function"}
name=${2:-accord-dev}
[ -f "cmd/lambda/$function/main.go" ] || { echo "update-function: there is no function $function" >&2; exit 64; }
stage=$(aws cloudformation describe-stacks --stack-name "$name" --query "Stacks[0].Tags[?Key=='stage'].Value" --output text)
[ "$stage" = dev ] || { echo "update-function: $name is no dev stack; use deploy.sh" >&2; exit 64; }

go run ./cmd/lambda/pack -o dist/lambda "$function"
aws lambda update-function-code --function-name "$name-$function" --zip-file "fileb://dist/lambda/$function.zip" --architectures arm64 >/dev/null
aws lambda wait function-updated-v2 --function-name "$name-$function"
version=$(aws lambda publish-version --function-name "$name-$function" --query Version --output text)
aws lambda update-alias --function-name "$name-$function" --name live --function-version "$version" >/dev/null
echo "$name-$function: version $version is live"
