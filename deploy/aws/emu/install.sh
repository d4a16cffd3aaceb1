#!/usr/bin/env bash
# Installs what the tests with the tag emu run, into the folder .emu of the repository, or where ACCORD_EMU says. Every version is
# fixed; what is there already is not fetched again; what does not arrive is tried three times. It took 95 s on two busy cores, and sam and aws have added 20 s since.
#
# It needs python3 with venv, npm with Node, mvn, tar, and qemu-aarch64-static or a Debian; the tests need a JDK, make, curl and openssl. Nothing of it is needed to build or to deploy.
set -euo pipefail
cd "$(dirname "$0")/../../.."
emu=${ACCORD_EMU:-$PWD/.emu}
mkdir -p "$emu/npm"
emu=$(cd "$emu" && pwd)

for command in python3 npm node mvn tar javac; do
	command -v "$command" >/dev/null || { echo "install: it needs $command, which is not there" >&2; exit 1; }
done
python3 -c 'import venv, ensurepip' || { echo "install: python3 has no venv; Debian has it in python3-venv" >&2; exit 1; }

# thrice runs a command until it goes well, three times at most; none may ask anything.
thrice() {
	local try
	for try in 1 2 3; do
		"$@" </dev/null && return
		echo "install: try $try of 3 failed: $*" >&2
		sleep $((try * ${ACCORD_PAUSE:-5}))
	done
	return 1
}

# once PART installs a part, unless this very text of it did so before. Each step of a part ends it if it fails.
once() {
	local done
	done=$emu/$1-$(declare -f "$1" | cksum | cut -d ' ' -f 1)
	[ ! -e "$done" ] || return 0
	thrice "$1" || { echo "install: there is no $1" >&2; exit 1; }
	touch "$done"
}

# sam and aws, and what sam translates and lints with.
python() {
	python3 -m venv --clear "$emu/venv" &&
	"$emu/venv/bin/pip" install --quiet --no-compile --no-input --disable-pip-version-check aws-sam-cli==1.170.0 aws-sam-translator==1.115.0 cfn-lint==1.58.0 awscli==1.46.3
}

# Apart, since it wants another botocore. cbor2 reads what some clients of Kinesis send; the translator is for what sam leaves to CloudFormation.
ministack() {
	python3 -m venv --clear "$emu/ministack" &&
	"$emu/ministack/bin/pip" install --quiet --no-input --disable-pip-version-check ministack==1.5.33 cbor2==6.3.0 aws-sam-translator==1.115.0
}

# aws-local-stepfunctions wants a newer Node than many a machine has, so one comes along.
node=node-$(node -p 'process.platform + "-" + process.arch')
npms() {
	npm install --silent --yes --no-audit --no-fund --ignore-scripts --prefix "$emu/npm" \
		velocityjs@2.1.7 asl-validator@4.0.0 amazon-states-language-service@1.16.1 aws-local-stepfunctions@3.0.0 "$node@22" &&
		ln -sf "npm/node_modules/$node/bin/node" "$emu/node"
}

# The package has cfn-guard 3.1.1 for each machine, and the controls of AWS Control Tower; it is not installed, since all of the CDK would follow.
guard() {
	local system=ubuntu machine
	[ "$(uname -s)" != Darwin ] || system=macos
	machine=$(uname -m)
	[ "$machine" != arm64 ] || machine=aarch64
	rm -rf "$emu/guard" && mkdir "$emu/guard" || return
	(cd "$emu/guard" && npm pack --silent @cdklabs/cdk-validator-cfnguard@0.0.62 && tar -xzf ./*.tgz --strip-components 1 && rm ./*.tgz) >/dev/null || return
	ln -sf "bin/$system/$machine/cfn-guard" "$emu/guard/cfn-guard" && chmod +x "$emu/guard/cfn-guard"
}

# The engine that API Gateway's templates are written for, with what it needs.
velocity() {
	local jar
	for jar in org.apache.velocity:velocity:1.7 commons-collections:commons-collections:3.2.1 commons-lang:commons-lang:2.4; do
		mvn --quiet --batch-mode -Dstyle.color=never dependency:copy "-Dartifact=$jar" "-DoutputDirectory=$emu/velocity" >/dev/null || return
	done
}

# An arm64 processor, on which the zips of the functions are started. One that the machine has is taken; else that of its Debian is
# unpacked, and not installed.
qemu() {
	local found
	if found=$(command -v qemu-aarch64-static || command -v qemu-aarch64); then
		ln -sf "$found" "$emu/qemu-aarch64-static"
		return
	fi
	rm -rf "$emu/qemu" && mkdir "$emu/qemu" || return
	[ "$(id -u)" != 0 ] || apt-get update -qq || return
	(cd "$emu/qemu" && apt-get download -qq -o APT::Sandbox::User="$(id -un)" qemu-user-static && dpkg-deb --fsys-tarfile ./*.deb | tar -x ./usr/bin/qemu-aarch64-static && rm ./*.deb) || return
	ln -sf qemu/usr/bin/qemu-aarch64-static "$emu/qemu-aarch64-static"
}

for part in python ministack npms guard velocity qemu; do once "$part"; done
echo "install: $emu has it all, after $SECONDS s"
