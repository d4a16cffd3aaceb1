# Sourced by a step of Bitbucket Pipelines: brings aws and sam, and the credentials of the role AWS_ROLE.
# It was never run against an account by those who wrote it.
: "${AWS_ROLE:?"set the variable AWS_ROLE of this deployment"}" "${AWS_REGION:?"set the variable AWS_REGION of this deployment"}" "${BITBUCKET_STEP_OIDC_TOKEN:?"the step wants oidc: true"}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -qq -y --no-install-recommends python3-venv openssl make >/dev/null
python3 -m venv /opt/aws && /opt/aws/bin/pip install --quiet --no-input --retries 5 awscli==1.46.3 aws-sam-cli==1.170.0
export PATH=/opt/aws/bin:$PATH AWS_DEFAULT_REGION=$AWS_REGION AWS_ROLE_ARN=$AWS_ROLE AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/token
printf %s "$BITBUCKET_STEP_OIDC_TOKEN" >"$AWS_WEB_IDENTITY_TOKEN_FILE"
