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

# ask GONE COMMAND… prints what a command prints, and nothing if there is none of what it is about: if it fails with a word of GONE.
ask() {
	local gone=$1 said
	shift
	if ! said=$("$@" 2>/dev/null); then # what it warns of is no answer, so it is asked again why it failed
		said=$("$@" 2>&1) || [[ $said =~ $gone ]] || fail "$said"
		[[ ! $said =~ $gone ]] || return 0
	fi
	[ "$said" = None ] || printf '%s\n' "$said"
}

# stack STACK QUERY prints what is asked of a stack.
stack() { ask "does not exist" aws cloudformation describe-stacks --stack-name "$1" --query "Stacks[0].$2" --output text; }
output() { stack "$1" "Outputs[?OutputKey=='$2'].OutputValue"; }
tag() { stack "$1" "Tags[?Key=='$2'].Value"; }

# secret NAME prints a secret, and arn NAME which one has a name.
secret() { ask ResourceNotFound aws secretsmanager get-secret-value --secret-id "$1" --query SecretString --output text; }
arn() { ask ResourceNotFound aws secretsmanager describe-secret --secret-id "$1" --query ARN --output text; }

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
