#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Fills .cache/wheels with what a scheduled run installs on Debian 12, for hosts under test, which reach no index.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PATH=$PWD/.venv/bin:$PATH
lock=roles/directory_sync_schedule/files/requirements.txt
wheels=.cache/wheels

# Scenarios that run side by side wait for each other instead of fetching twice.
mkdir -p .cache
exec 9>"$wheels.lock"
flock 9
if cmp --quiet "$lock" "$wheels/lock"; then exit 0; fi
rm -rf "$wheels"
mkdir -p "$wheels"
# pip takes the markers of a lock from the Python that it runs on: give it only the lines for that of Debian 12.
uv pip compile --quiet --no-header --python-version 3.11 --generate-hashes --constraint "$lock" "${lock%.txt}.in" -o "$wheels/requirements.txt"
pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.11 \
    --require-hashes --requirement "$wheels/requirements.txt" --dest "$wheels"
cp "$lock" "$wheels/lock"
