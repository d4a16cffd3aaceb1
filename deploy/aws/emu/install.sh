#!/usr/bin/env bash
# Installs what the tests with the tag emu run, into the folder .emu of the repository, or where ACCORD_EMU says.
# It needs python3, npm and mvn; the tests need java. Nothing of it is needed to build or to deploy.
set -euo pipefail
cd "$(dirname "$0")/../../.."
emu=${ACCORD_EMU:-$PWD/.emu}
mkdir -p "$emu/npm"
[ -x "$emu/venv/bin/python" ] || python3 -m venv "$emu/venv"
"$emu/venv/bin/pip" install --quiet --disable-pip-version-check aws-sam-translator==1.115.0 cfn-lint==1.58.0

# aws-local-stepfunctions wants a newer Node than many a machine has, so one comes along.
node=node-$(node -p 'process.platform + "-" + process.arch')
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$emu/npm" \
	velocityjs@2.1.7 asl-validator@4.0.0 amazon-states-language-service@1.16.1 aws-local-stepfunctions@3.0.0 "$node@22"
ln -sf "npm/node_modules/$node/bin/node" "$emu/node"

# The engine that API Gateway's templates are written for, with what it needs.
for jar in org.apache.velocity:velocity:1.7 commons-collections:commons-collections:3.2.1 commons-lang:commons-lang:2.4; do
	mvn --quiet --batch-mode -Dstyle.color=never dependency:copy "-Dartifact=$jar" "-DoutputDirectory=$emu/velocity" >/dev/null
done
