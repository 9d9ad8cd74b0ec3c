#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the collection into dist/, installs it offline into an empty tree and reads every module's documentation there.
# Usage: tests/tools/build.sh [FOLDER], another folder than dist, which is made anew.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
PATH=$PWD/.venv/bin:$PATH

dist=$(realpath --canonicalize-missing "${1:-dist}")
rm -rf "$dist"
tests/tools/staged.sh ansible-galaxy collection build --output-path "$dist" .

# Tests need parts of each other that the collection leaves out.
if tar --list --file "$dist"/*.tar.gz | grep '^tests/.*[.]py$'; then
    echo "build: these belong into build_ignore of galaxy.yml" >&2
    exit 1
fi

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
export ANSIBLE_COLLECTIONS_PATH=$tree
ansible-galaxy collection install --offline --collections-path "$tree" "$dist"/*.tar.gz
ansible-galaxy collection verify --offline dirsync.bitwarden

# ansible-doc only warns of a module that it does not find.
for module in plugins/modules/*.py; do
    name=dirsync.bitwarden.$(basename "$module" .py)
    ansible-doc --type module --json "$name" | grep "\"$name\": {" >/dev/null || { echo "build: no documentation of $name" >&2; exit 1; }
done
