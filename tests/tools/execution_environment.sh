#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the image localhost/dirsync-ee from examples/execution_environment, with two differences that let it do without
# a registry and without Galaxy: it starts from localhost/dirsync-base and takes the collection from this checkout. An
# image of the same content is taken as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
checkout=$PWD
PATH=$checkout/.venv/bin:$PATH
export CONTAINERS_CONF=$checkout/tests/tools/containers.conf

tests/tools/container_base.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tests/tools/staged.sh ansible-galaxy collection build --output-path "$work" . >/dev/null
mv "$work"/*.tar.gz "$work/collection.tar.gz"
content=$(tar --extract --gzip --to-stdout --file "$work/collection.tar.gz" FILES.json | sha256sum | cut -c 1-16)
if podman image exists "localhost/dirsync-ee:$content"; then
    podman tag "localhost/dirsync-ee:$content" localhost/dirsync-ee:latest
    exit 0
fi
python - "$work" <<'PYTHON'
import sys
from pathlib import Path

import yaml

work = Path(sys.argv[1])
definition = yaml.safe_load(Path("examples/execution_environment/execution-environment.yml").read_text())
definition["dependencies"]["galaxy"]["collections"] = [{"name": "/build/collection.tar.gz", "type": "file"}]
definition["additional_build_files"] = [{"src": "collection.tar.gz", "dest": "dist"}]
definition["additional_build_steps"]["prepend_galaxy"] = ["COPY _build/dist/collection.tar.gz /build/collection.tar.gz"]
(work / "execution-environment.yml").write_text(yaml.safe_dump(definition))
PYTHON

cd "$work"
# The network of this machine, and what it trusts, reach the build whatever lies between it and the package index.
authorities=/etc/ssl/certs/ca-certificates.crt
ansible-builder build --container-runtime podman --tag "localhost/dirsync-ee:$content" \
    --build-arg EE_BASE_IMAGE=localhost/dirsync-base:latest \
    --extra-build-cli-args="--network=host --env=PIP_CERT=$authorities --volume=$authorities:$authorities:ro"
podman tag "localhost/dirsync-ee:$content" localhost/dirsync-ee:latest
