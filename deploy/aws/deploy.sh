#!/usr/bin/env bash
# Deploys Accord into the AWS account and region of the caller's credentials. One command, for the first time and for every later one.
#
#   deploy/aws/deploy.sh dev     # parameters of [dev] in deploy/aws/samconfig.toml
#   deploy/aws/deploy.sh prod
#
# The path key is not in that file: ACCORD_PATH_KEY has it (openssl rand -hex 24). It needs go, sam and aws. This script was
# never run against an account by those who wrote it; `sam` asks before it changes anything unless YES=1.
set -euo pipefail
cd "$(dirname "$0")/../.."
stage=${1:?"say dev or prod"}
[[ $stage = dev || $stage = prod ]] || { echo "deploy: the stage is dev or prod, not $stage" >&2; exit 64; }
: "${ACCORD_PATH_KEY:?"set ACCORD_PATH_KEY to 32 to 64 random letters and digits"}"
name=${ACCORD_NAME:-accord-$stage}

make lambda
sam validate --lint --template deploy/aws/template.yaml
# A dev stack says when it may be removed: teardown.sh --expired looks for it.
tags=(project=accord "stage=$stage" "stack=$name")
[ "$stage" = prod ] || tags+=("expires=$(date -u -d "+${ACCORD_DAYS:-7} days" +%F)")
confirm=(--confirm-changeset)
[ "${YES:-}" != 1 ] || confirm=(--no-confirm-changeset)
sam deploy --config-file "$PWD/deploy/aws/samconfig.toml" --config-env "$stage" --template deploy/aws/template.yaml \
	--stack-name "$name" "${confirm[@]}" --no-fail-on-empty-changeset --tags "${tags[@]}" \
	--parameter-overrides "Name=$name" "Stage=$stage" "PathKey=$ACCORD_PATH_KEY" ${ACCORD_PARAMETERS:-}

# A changed path key is served by the next deployment of the API only.
api=$(aws cloudformation describe-stacks --stack-name "$name" --query "Stacks[0].Outputs[?OutputKey=='HookApi'].OutputValue" --output text)
aws apigateway create-deployment --rest-api-id "$api" --stage-name "$stage" >/dev/null
aws cloudformation describe-stacks --stack-name "$name" --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' --output table
