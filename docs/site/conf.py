# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Sphinx for the documentation site, which `make site` builds without the network."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

from docutils.nodes import Node
from sphinx.util.docutils import SphinxDirective

PAGES_OF_ANSIBLE = {
    "action_plugins": "plugins/action.html",
    "ansible_collections.awx.awx.notification_template_module": "collections/awx/awx/notification_template_module.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
"""The labels that antsibull-docs refers to, and where they are."""


def inventory_of_ansible() -> str:
    """Return the path of an inventory with these labels, in the place of the one on Ansible's site."""
    rows = "".join(f"{label} std:label -1 {page} {label}\n" for label, page in PAGES_OF_ANSIBLE.items())
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: devel\n# The rest is compressed using zlib.\n"
    path = Path(__file__).parents[2] / "build" / "site" / "ansible.inv"
    path.write_bytes(head.encode() + zlib.compress(rows.encode()))
    return str(path)


class NoContents(SphinxDirective):
    """Stands for the directive ``contents``, because the theme shows the contents of a page beside it."""

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {"local": str, "depth": int}  # noqa: RUF012 - as docutils wants it

    def run(self) -> list[Node]:
        """Return nothing to show."""
        return []


def setup(app: Any) -> None:
    """Register what is ours."""
    app.add_directive("contents", NoContents, override=True)


project = "dirsync.bitwarden"
project_copyright = "dirsync.bitwarden contributors"
# With an invisible place for a line break.
html_title = "dirsync.\u200bbitwarden"
extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext", "myst_parser"]
intersphinx_mapping = {
    "ansible_devel": ("https://docs.ansible.com/projects/ansible/devel/", inventory_of_ansible()),
}
# A reference that leads nowhere, also one in single backquotes that was meant as code, fails the build.
nitpicky = True
default_role = "any"
highlight_language = "YAML+Jinja"
myst_heading_anchors = 3

html_theme = "furo"
html_theme_options = {"navigation_with_keys": True}
html_show_sphinx = False
html_copy_source = False
html_use_index = False
antsibull_ext_color_scheme = "default-autodark"
