# Sourced by a step of Bitbucket Pipelines: brings aws and sam, and the credentials of the role AWS_ROLE.
# It was never run against an account by those who wrote it.
apt-get update -qq && apt-get install -qq -y python3-venv >/dev/null
python3 -m venv /opt/aws && /opt/aws/bin/pip install --quiet awscli aws-sam-cli
export PATH=/opt/aws/bin:$PATH AWS_DEFAULT_REGION=$AWS_REGION AWS_ROLE_ARN=$AWS_ROLE AWS_WEB_IDENTITY_TOKEN_FILE=/tmp/token
printf %s "$BITBUCKET_STEP_OIDC_TOKEN" >"$AWS_WEB_IDENTITY_TOKEN_FILE"
