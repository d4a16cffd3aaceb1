# Sourced by the scripts of this folder: what they ask of a stack. It needs aws.

shopt -s inherit_errexit

# say tells a person what happens; fail also ends it.
say() { printf '== %s\n' "$*" >&2; }
fail() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; exit 1; }

# needs ends with a sentence if a command is not there.
needs() {
	local command
	for command; do command -v "$command" >/dev/null || fail "it needs the command $command, which is not there"; done
}

# stack STACK QUERY prints what is asked of a stack, and nothing if there is none.
stack() {
	local said
	if said=$(aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].$2" --output text 2>&1); then
		[ "$said" = None ] || printf '%s\n' "$said"
	else
		[[ $said == *"does not exist"* ]] || fail "$said"
	fi
}
output() { stack "$1" "Outputs[?OutputKey=='$2'].OutputValue"; }
tag() { stack "$1" "Tags[?Key=='$2'].Value"; }

# secret NAME prints a secret, or nothing if there is none.
secret() {
	local said
	if said=$(aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text 2>&1); then
		printf '%s\n' "$said"
	else
		[[ $said == *ResourceNotFound* ]] || fail "$said"
	fi
}

# arn NAME prints which secret has a name, or nothing if none has.
arn() {
	local said
	if said=$(aws secretsmanager describe-secret --secret-id "$1" --query ARN --output text 2>&1); then
		printf '%s\n' "$said"
	else
		[[ $said == *ResourceNotFound* ]] || fail "$said"
	fi
}

# through MACHINE starts a state machine and waits until it has ended well, for at most 20 minutes.
through() {
	local run state=RUNNING waited
	run=$(aws stepfunctions start-execution --state-machine-arn "$1" --input '{"from":"nobody"}' --query executionArn --output text)
	for ((waited = 0; waited < 240; waited++)); do
		state=$(aws stepfunctions describe-execution --execution-arn "$run" --query status --output text)
		[ "$state" = RUNNING ] || break
		sleep "${ACCORD_POLL:-5}"
	done
	[ "$state" = SUCCEEDED ] || fail "$run ended as $state: $(aws stepfunctions describe-execution --execution-arn "$run" --query 'join(`: `, [error || `-`, cause || `-`])' --output text)"
}
