#!/usr/bin/env bash
# Puts the emulators that the tests with the tag "emu" start into a folder:
#
#   durable/aws/emulators.sh DIR
#   ACCORD_EMULATORS=DIR go test -tags emu ./durable/aws
#
# It needs npm, Go and, to run one of them, Java. DynamoDB Local may be used for
# development, by its licence, and not be passed on: so it is fetched, never kept.
set -euo pipefail

dir=${1:?"say into which folder: emulators.sh DIR"}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

# fauxqs wants a newer Node than many a machine has, so one comes along.
node=node-$(node -p 'process.platform + "-" + process.arch')
npm install --prefix "$dir" --no-save --no-audit --no-fund --ignore-scripts --loglevel error \
	amplify-dynamodb-simulator@2.9.30 dynalite@4.0.0 fauxqs@2.4.1 kinesalite@3.3.3 kinesis-local@0.6.2 velocityjs@2.1.7 "$node@22"
ln -sf "node_modules/$node/bin/node" "$dir/node"

GOBIN=$dir/bin GOFLAGS= go install github.com/versity/versitygw/cmd/versitygw@v1.8.0
