#!/usr/bin/env bash
# Deploys the function that answers webhooks itself over a stack that is deployed, or what has changed of it since: its code, the
# sites' keys, their secrets. docs/AWS.md, "Webhooks", says for whom that is.
#
#   deploy/aws/answer.sh accord-dev
#   deploy/aws/answer.sh accord-dev --remove
#
# The secret accord-dev/site-secrets says which secrets sign the webhooks of each site: {"acme":["…"]}. While one is being changed it
# has both, so that none is refused. It needs go, openssl, sam and aws. `sam` asks before it changes anything unless YES=1.
#
# This script was never run against an account by those who wrote it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/stack.sh"
name=${1:?"say over which stack"}
[[ ${2:-} = "" || $2 = --remove ]] || { echo "answer: $2 is not known; it is --remove or nothing" >&2; exit 64; }
cd "$here/../.."

# version SECRET prints the version that is in use, and ends with a sentence if there is none.
version() {
	[ -n "$(arn "$1")" ] || fail "there is no secret $1; store it first: aws secretsmanager create-secret --name $1 --secret-string file://FILE"
	aws secretsmanager get-secret-value --secret-id "$1" --query VersionId --output text
}

# parameter NAME prints what a parameter of the stack below is.
parameter() { stack "$name" "Parameters[?ParameterKey=='$1'].ParameterValue"; }

needs aws
if [ "${2:-}" = --remove ]; then
	aws cloudformation delete-stack --stack-name "$name-answer"
	aws cloudformation wait stack-delete-complete --stack-name "$name-answer"
	say "$name-answer is gone"
	exit
fi
needs go openssl sam
stage=$(tag "$name" stage)
[ -n "$stage" ] || fail "there is no stack $name: deploy.sh makes it"
key=${ACCORD_PATH_KEY:-$(secret "$name/path-key")}
[ -n "$key" ] || fail "there is no secret $name/path-key, which deploy.sh keeps; or set ACCORD_PATH_KEY"
keys=$(version "$name/site-keys")
secrets=$(version "$name/site-secrets")

go run ./cmd/lambda/pack -o dist/lambda answer
sam validate --lint --template deploy/aws/answer.yaml
release=$({ cat dist/lambda/answer.zip deploy/aws/answer.yaml; echo "$keys $secrets"; } | openssl dgst -sha256 -r | cut -d' ' -f1)
confirm=(--confirm-changeset)
[ "${YES:-}" != 1 ] || confirm=(--no-confirm-changeset)
sam deploy --config-file "$here/samconfig.toml" --config-env "$stage" --template deploy/aws/answer.yaml --s3-prefix "$name" \
	--stack-name "$name-answer" "${confirm[@]}" --no-fail-on-empty-changeset --tags "part-of=$name" "stage=$stage" \
	--parameter-overrides "Name=$name" "Stage=$stage" "PathKey=$key" "HookRanges=$(parameter HookRanges)" "LogDays=$(parameter LogDays)" \
	"Key=$(output "$name" Key)" "KeysVersion=$keys" "SecretsVersion=$secrets" "Release=$release"

[ -n "$(output "$name-answer" HookApi)" ] || fail "nothing was deployed"
# A changed path key is served by the next deployment of the API only.
aws apigateway create-deployment --rest-api-id "$(output "$name-answer" HookApi)" --stage-name "$stage" >/dev/null
say "let public_url of accord.yaml be $(output "$name-answer" Hooks)/ and the path key, and run deploy.sh: the sites then deliver there"
