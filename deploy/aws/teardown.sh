#!/usr/bin/env bash
# Removes a dev stack with all that it has stored, and says what is left. A prod stack it refuses. It can be run again if it stopped.
#
#   deploy/aws/teardown.sh accord-dev
#   deploy/aws/teardown.sh --expired    # every dev stack whose tag expires has passed; the pipeline does so each night
#
# It needs aws, and was never run against an account by those who wrote it.
set -euo pipefail
source "$(dirname "$0")/stack.sh"

# made NAME prints what only this stack has, whether or not it is known by its tags yet.
made() {
	local account region key
	account=$(aws sts get-caller-identity --query Account --output text)
	region=$(stack "$1" StackId | cut -d: -f4)
	printf 'arn:aws:dynamodb:%s:%s:table/%s\narn:aws:s3:::%s-%s-%s\n' "$region" "$account" "$1" "$1" "$account" "$region"
	key=$(output "$1" Key)
	[ -z "$key" ] || printf 'arn:aws:kms:%s:%s:key/%s\n' "$region" "$account" "$key"
	arn "$1/path-key"
	arn "$1/site-keys"
}

# tagged NAME prints what bears the tags of a stack: its own resources, and the secrets that deploy.sh made.
tagged() {
	aws resourcegroupstaggingapi get-resources --tag-filters Key=project,Values=accord "Key=stack,Values=$1" ${2:-} --query 'ResourceTagMappingList[].ResourceARN' --output text | tr '\t' '\n'
}

# unless_gone runs a command that removes something, which may have been removed before.
unless_gone() {
	local said
	said=$("$@" 2>&1) || [[ $said =~ NoSuchBucket|NotFound|does\ not\ exist ]] || fail "$said"
}

# gone ARN removes one thing that the stack has left behind, or that was never in it.
gone() {
	local arn=$1
	case $arn in
	arn:*:s3:::*) unless_gone aws s3 rb "s3://${arn##*:}" --force ;;
	arn:*:dynamodb:*:table/*) unless_gone aws dynamodb delete-table --table-name "${arn##*/}" ;;
	arn:*:secretsmanager:*) unless_gone aws secretsmanager delete-secret --secret-id "$arn" --force-delete-without-recovery ;;
	arn:*:kms:*:key/*) [ "$(aws kms describe-key --key-id "$arn" --query KeyMetadata.KeyState --output text)" = PendingDeletion ] ||
		aws kms schedule-key-deletion --key-id "$arn" --pending-window-in-days 7 >/dev/null ;;
	*) printf '  still listed: %s\n' "$arn" ;;
	esac
}

remove() {
	local name=$1 status one left packages own=
	status=$(stack "$name" StackStatus)
	if [ -n "$status" ]; then
		[ "$(tag "$name" project)" = accord ] && [ "$(tag "$name" stage)" = dev ] || { echo "teardown: $name is no dev stack of Accord" >&2; return 64; }
		own=$(made "$name")
		say "$name: delete the stack"
		aws cloudformation delete-stack --stack-name "$name-answer" # there is one if answer.sh was run
		aws cloudformation wait stack-delete-complete --stack-name "$name-answer"
		aws cloudformation delete-stack --stack-name "$name"
		aws cloudformation wait stack-delete-complete --stack-name "$name"
	elif [ -n "$(tagged "$name" Key=stage,Values=prod)" ]; then
		echo "teardown: what $name left is of a prod stack" >&2
		return 64
	fi
	say "$name: delete what it has stored"
	own+=$'\n'$(tagged "$name")
	for one in $(sort -u <<<"$own"); do gone "$one"; done
	# the packages that sam uploaded
	packages=$(output aws-sam-cli-managed-default SourceBucket)
	[ -z "$packages" ] || aws s3 rm --only-show-errors --recursive "s3://$packages/$name/"
	left=$(aws secretsmanager list-secrets --filters "Key=name,Values=$name/" --query 'SecretList[].Name' --output text)
	[ -z "$left" ] || say "these secrets are yours, and stay: $left"
	say "$name is gone; its key will be in 7 days"
}

expired() {
	aws cloudformation describe-stacks --output text --query \
		"Stacks[?Tags[?Key=='project'&&Value=='accord']&&Tags[?Key=='stage'&&Value=='dev']&&Tags[?Key=='expires'&&Value<'$(date -u +%F)']].StackName" | tr '\t' '\n'
}

needs aws
case ${1:?"say which stack, or --expired"} in
--expired)
	for name in $(expired); do remove "$name"; done
	;;
*) remove "$1" ;;
esac
