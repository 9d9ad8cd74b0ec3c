#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs a command in a copy of the checkout that lies in a collection tree, as ansible-test and antsibull want it.
# The copy holds what git tracks or could track, so uncommitted work takes part.
# Usage: tests/tools/staged.sh COMMAND [ARGUMENT...]
set -euo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
copy=$tree/ansible_collections/dirsync/bitwarden
mkdir -p "$copy"
cd "$checkout"
# Files deleted but not yet committed are still listed; --ignore-failed-read would hide real faults.
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    if [[ -e $file || -L $file ]]; then printf '%s\0' "$file"; fi
done | tar --null --files-from - --create --file - | tar --directory "$copy" --extract --file -
git -C "$copy" init --quiet

cd "$copy"
PATH=$checkout/.venv/bin:$PATH ANSIBLE_COLLECTIONS_PATH=$tree "$@"
