#!/usr/bin/env bash
# Deploys Accord into the AWS account and region of the caller's credentials. One command, for the first time and for every later one:
# it can be run again whenever it stopped.
#
#   deploy/aws/deploy.sh dev               # with accord.yaml of the folder that you are in, or ACCORD_FILE
#   deploy/aws/deploy.sh dev --first-sync  # and brings all issues into step, also those that nobody edits
#   deploy/aws/deploy.sh prod
#
# ACCORD_PARAMETERS has the parameters of template.yaml, such as "AlarmAddress=ops@acme.example HookRanges=192.0.2.0/24"; a parameter
# that was said once stays. It needs go, make, openssl, sam and aws. `sam` asks before it changes anything unless YES=1.
#
# This script was never run against an account by those who wrote it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/stack.sh"
stage=${1:?"say dev or prod"}
[[ $stage = dev || $stage = prod ]] || { echo "deploy: the stage is dev or prod, not $stage" >&2; exit 64; }
[[ ${2:-} = "" || $2 = --first-sync ]] || { echo "deploy: $2 is not known; it is --first-sync or nothing" >&2; exit 64; }
name=${ACCORD_NAME:-accord-$stage}
file=$(realpath "${ACCORD_FILE:-accord.yaml}")
cd "$here/../.."
dist=$(mktemp -d)
trap 'rm -rf "$dist"' EXIT

# compiled checks the configuration and writes it to $dist/$config.
compiled() {
	config=$(go run ./cmd/accord compile --config "$file" --into "$dist")
	grep -Eq '"PublicURL":"(stack)?"' "$dist/$config" || say "note: public_url is not \"stack\": the sites are told that address, and not the one of this stack"
}

# parameters ends with a sentence for each one that the template would refuse. A key that is yet to be made stands for itself.
parameters() {
	go run ./deploy/aws/params ${status:+-there} deploy/aws/template.yaml \
		"Name=$name" "Stage=$stage" "PathKey=${ACCORD_PATH_KEY:-$(openssl rand -hex 24)}" ${ACCORD_PARAMETERS:-}
}

# named prints the secrets that the configuration and the parameters name.
named() {
	{ grep -Eo '"Env":"[^"]+"' "$dist/$config" || true; } | cut -d'"' -f4 | sort -u | sed "s|^|$name/|"
	printf '%s\n' ${ACCORD_PARAMETERS:-} | sed -n 's/^SlackSecret=//p' | grep -vx none || true
}

# credentials ends with a sentence if a secret is missing that only a person has.
credentials() {
	local one missing=
	for one in $(named); do
		[ -n "$(arn "$one")" ] || missing+=$'\n'"  aws secretsmanager create-secret --name $one --secret-string file://FILE"
	done
	[ -z "$missing" ] || fail "there are secrets to be stored first:$missing"
}

# keep NAME stores the secret that is said to it, and says whose it is, so that teardown.sh finds it.
keep() {
	aws secretsmanager create-secret --name "$1" --secret-string file:///dev/stdin --tags "Key=project,Value=accord" "Key=stack,Value=$name" "Key=made,Value=deploy.sh" >/dev/null
}

# path prints the key in the path of the stack's address: the one that is said, else the one that is kept, else a new one, which it keeps.
path() {
	local key=${ACCORD_PATH_KEY:-}
	[ -n "$key" ] || key=$(secret "$name/path-key")
	[ -n "$key" ] || { key=$(openssl rand -hex 24); printf %s "$key" | keep "$name/path-key"; }
	printf '%s' "$key"
}

# sites gives each site of the configuration a key for its own address.
sites() {
	local site keys was
	was=$(secret "$name/site-keys") keys=${was:-"{}"}
	for site in $(grep -Eo '"Name":"[^"]*","Kind":"(cloud|datacenter)"' "$dist/$config" | cut -d'"' -f4); do
		[[ $keys == *"\"$site\":"* ]] || keys="${keys%\}},\"$site\":\"$(openssl rand -hex 24)\"}"
	done
	keys=${keys/#"{,"/"{"}
	if [ -z "$was" ]; then printf %s "$keys" | keep "$name/site-keys"; elif [ "$keys" != "$was" ]; then
		printf %s "$keys" | aws secretsmanager put-secret-value --secret-id "$name/site-keys" --secret-string file:///dev/stdin >/dev/null
	fi
}

# publish lets the stack use the configuration, whatever the sites say to it: a person who logs in to one needs it there.
publish() {
	say "publish"
	go run ./cmd/accord publish --offline --stack "$name" --config "$file"
}

# asked ends with a sentence if a site cannot work with it: the functions would try for long before they say so.
asked() {
	go run ./cmd/accord check --stack "$name" || fail "$name is there and uses the configuration, which a site cannot work with: see above, and run this again"
}

# release prints a digest of all that makes a function what it is. Only another one is taken into use.
release() {
	{
		cat $(grep -o 'dist/lambda/[a-z]*\.zip' deploy/aws/template.yaml) deploy/aws/template.yaml
		printf '%s\n' "$key" ${ACCORD_PARAMETERS:-} | sort
	} | openssl dgst -sha256 -r | cut -d' ' -f1
}

# deployed makes the stack what the template says, and ends with a sentence if it is not so then.
deployed() {
	local tags=(project=accord "stage=$stage" "stack=$name") confirm=(--confirm-changeset) days=${ACCORD_DAYS:-7} release
	release=$(release)
	# A dev stack says when it may be removed: teardown.sh --expired looks for it.
	[ "$stage" = prod ] || tags+=("expires=$(date -u -v "+${days}d" +%F 2>/dev/null || date -u -d "+$days days" +%F)")
	[ "${YES:-}" != 1 ] || confirm=(--no-confirm-changeset)
	sam deploy --config-file "$here/samconfig.toml" --config-env "$stage" --template deploy/aws/template.yaml --s3-prefix "$name" \
		--stack-name "$name" "${confirm[@]}" --no-fail-on-empty-changeset --tags "${tags[@]}" \
		--parameter-overrides "Name=$name" "Stage=$stage" "PathKey=$key" "Release=$release" ${ACCORD_PARAMETERS:-}
	status=$(stack "$name" StackStatus)
	[[ $status != "" && $status != REVIEW_IN_PROGRESS ]] || fail "nothing was deployed"
	# A changed path key is served by the next deployment of the API only.
	aws apigateway create-deployment --rest-api-id "$(output "$name" HookApi)" --stage-name "$stage" >/dev/null
}

needs go make openssl sam aws
say "$name in account $(aws sts get-caller-identity --query Account --output text)"
status=$(stack "$name" StackStatus)
[ "$status" != ROLLBACK_COMPLETE ] || fail "the first deployment of $name failed; delete what is left of it (aws cloudformation delete-stack --stack-name $name) and run this again"
parameters
compiled
credentials
key=$(path)
sites
say "build"
make lambda
sam validate --lint --template deploy/aws/template.yaml
there=$status
# Functions of a build that reads another format start with what is published for them; those before go on with theirs.
[[ $there != *_COMPLETE ]] || publish
say "deploy"
deployed
[[ $there == *_COMPLETE ]] || publish
say "ask the sites"
asked
say "register the webhooks, and look after the rest that is due each day"
through "$(output "$name" Upkeep)"
if [ "${2:-}" = --first-sync ]; then
	say "first sync: it goes on by itself"
	aws stepfunctions start-execution --state-machine-arn "$(output "$name" Backfill)" --input '{"from":"nobody"}' >/dev/null
fi
say "$name is deployed"
aws cloudformation describe-stacks --stack-name "$name" --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' --output table
