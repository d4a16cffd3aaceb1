#!/usr/bin/env bash
# Asks a deployed stack whether it lives. THIS SCRIPT HAS NEVER BEEN RUN AGAINST AN ACCOUNT: it says what is to be looked at, and
# whoever runs it first should watch it.
#
#   deploy/aws/smoke.sh accord-dev
#
# It changes nothing at any Jira: the webhook that it sends is for a site that does not exist, and is set aside by hear.
set -euo pipefail
name=${1:?"say which stack"}
source "$(dirname "$0")/stack.sh"
needs aws curl
key=${ACCORD_PATH_KEY:-$(secret "$name/path-key")}
[ -n "$key" ] || fail "set ACCORD_PATH_KEY: there is no secret $name/path-key"
# answer prints what is answered to a webhook, a space, and the status.
answer() { curl -sS -w ' %{http_code}' --max-time 20 -X POST -H 'Content-Type: application/json' --data-binary '{"smoke":"\"\\é😀"}' "$1"; }

hooks=$(output "$name" Hooks)
said=$(answer "$hooks/$key/hooks/smoke/none?v=1")
if [[ $said = *"not authorized to perform: execute-api:Invoke"*" 403" ]]; then
	say "note: this address is not in HookRanges, so no webhook is sent"
else
	[[ $said = *" 200" ]] || fail "a webhook is not taken: $said"
	[[ $(answer "$hooks/not-the-key/hooks/smoke/none?v=1") = *" 403" ]] || fail "a webhook without the path key is not refused"

	# hear sets it aside: this proves the mapping, the stream, the event source and the bucket.
	bucket=$(output "$name" Bucket)
	for _ in $(seq 30); do
		[ "$(aws s3api list-objects-v2 --bucket "$bucket" --prefix "unreadable/$(date -u +%F)/" --query 'length(Contents || `[]`)' --output text)" = 0 ] || { heard=1; break; }
		sleep 2
	done
	[ "${heard:-}" = 1 ] || fail "hear has not set the webhook aside within a minute. See the log group /accord/$name/hear"
fi

through "$(output "$name" Sweep)"

bad=$(aws cloudwatch describe-alarms --alarm-name-prefix "$name-" --state-value ALARM --query 'MetricAlarms[].AlarmName' --output text)
[ -z "$bad" ] || fail "alarms: $bad"
echo "smoke: $name lives"
