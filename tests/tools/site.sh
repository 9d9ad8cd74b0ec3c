#!/usr/bin/env bash
# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Builds the documentation site into build/site/html, without the network. Warnings are errors.
set -euo pipefail
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
site=$checkout/build/site
PATH=$checkout/.venv/bin:$PATH

rm -rf "$site"
mkdir -p "$site/rst"
# antsibull-docs writes only where nobody else may.
chmod go-w "$site/rst"
"$checkout/tests/tools/staged.sh" antsibull-docs collection --use-current --fail-on-error --no-add-antsibull-docs-version \
    --dest-dir "$site/rst" dirsync.bitwarden

PYTHONPATH=$checkout/.venv/collections python -m ansible_collections.dirsync.bitwarden.tests.tools.message_page >"$site/rst/messages.rst"
cp "$checkout"/docs/site/index.rst "$checkout"/docs/*.md "$checkout"/docs/*.svg "$site/rst"
# antsibull-docs takes the pages of the guides, and leaves their images.
cp "$checkout"/docs/docsite/rst/*.svg "$site/rst/collections/dirsync/bitwarden/docsite"
sphinx-build -M html "$site/rst" "$site" -c "$checkout/docs/site" --fail-on-warning --keep-going --quiet --jobs auto
echo "site: build/site/html/index.html"
