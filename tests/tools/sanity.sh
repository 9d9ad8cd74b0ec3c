#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Runs ansible-test sanity without containers, on the Python of .venv and, for the modules, on the oldest one they support
# where it is installed. Arguments go to ansible-test.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=$tools/../../.venv/bin/python

# ansible-test fetches a bootstrap script of pip unless its cache holds one.
cache=$HOME/.ansible/test/cache
mkdir -p "$cache"
for version in 23_1_2 24_2 25_2; do
    cp "$tools/get_pip_shim.py" "$cache/get_pip_$version.py"
done

# ansible-test fails on the shims of pyenv: put the real interpreters before them.
for version in 3.10 3.11 3.12 3.13 3.14; do
    real=$("python$version" -c 'import sys; print(sys.base_prefix)' 2>/dev/null) && PATH=$real/bin:$PATH
done
export PATH

"$tools/staged.sh" ansible-test sanity --local --color no "$@"
