#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Fills .cache/wheels with what a scheduled run installs on Debian 12, for hosts under test, which reach no index.
# Usage: tests/tools/wheels.sh [FOLDER LOCK REQUIREMENTS...]; with these the folder below .cache is filled with what the
# files of requirements ask for, in the versions of the lock.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PATH=$PWD/.venv/bin:$PATH
lock=roles/directory_sync_schedule/files/requirements.txt
wheels=.cache/${1:-wheels}
lock=${2:-$lock}
requirements=("${@:3}")
((${#requirements[@]})) || requirements=("${lock%.txt}.in")

# Scenarios that run side by side wait for each other instead of fetching twice.
mkdir -p .cache
exec 9>"$wheels.lock"
flock 9
if cat "$lock" "${requirements[@]}" | cmp --quiet - "$wheels/lock"; then exit 0; fi
rm -rf "$wheels"
mkdir -p "$wheels"
# pip takes the markers of a lock from the Python that it runs on: give it only the lines for that of Debian 12.
uv pip compile --quiet --no-header --python-version 3.11 --generate-hashes --constraint "$lock" "${requirements[@]}" -o "$wheels/requirements.txt"
pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.11 \
    --require-hashes --requirement "$wheels/requirements.txt" --dest "$wheels"
cat "$lock" "${requirements[@]}" >"$wheels/lock"
