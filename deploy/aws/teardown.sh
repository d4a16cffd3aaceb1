#!/usr/bin/env bash
# Removes a dev stack with all that it has stored. A prod stack it refuses.
#
#   deploy/aws/teardown.sh accord-dev
#   deploy/aws/teardown.sh --expired    # every dev stack whose tag expires has passed; the pipeline does so each night
#
# It needs aws, and was never run against an account by those who wrote it.
set -euo pipefail

output() { aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue" --output text; }
tag() { aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].Tags[?Key=='$2'].Value" --output text; }

# What the stack leaves behind is removed after it: the bucket, the table, and in a week the key.
remove() {
	local name=$1 table bucket key
	[ "$(tag "$name" project)" = accord ] && [ "$(tag "$name" stage)" = dev ] || { echo "teardown: $name is no dev stack of Accord" >&2; return 64; }
	table=$(output "$name" Table) bucket=$(output "$name" Bucket) key=$(output "$name" Key)
	aws cloudformation delete-stack --stack-name "$name"
	aws cloudformation wait stack-delete-complete --stack-name "$name"
	aws s3 rb "s3://$bucket" --force
	aws dynamodb delete-table --table-name "$table" >/dev/null
	aws kms schedule-key-deletion --key-id "$key" --pending-window-in-days 7 >/dev/null
	echo "$name is gone; its key will be in 7 days"
}

expired() {
	aws cloudformation describe-stacks --output text --query \
		"Stacks[?Tags[?Key=='project'&&Value=='accord']&&Tags[?Key=='stage'&&Value=='dev']&&Tags[?Key=='expires'&&Value<'$(date -u +%F)']].StackName" | tr '\t' '\n'
}

case ${1:?"say which stack, or --expired"} in
--expired)
	for name in $(expired); do remove "$name"; done
	;;
*) remove "$1" ;;
esac
