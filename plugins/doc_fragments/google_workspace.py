# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of sources of type ``google_workspace``."""

from __future__ import annotations

from ansible_collections.dirsync.bitwarden.plugins.doc_fragments.http import http_options

_KEY_FIELDS = {
    "type": "V(service_account).",
    "project_id": "The Google Cloud project of the service account.",
    "private_key_id": "The id of the key.",
    "private_key": "The key, in PEM format.",
    "client_email": "The address of the service account.",
    "client_id": "The id that domain-wide delegation is granted to; messages name it.",
    "auth_uri": "Not used.",
    "token_uri": "Where to ask for access tokens.",
    "auth_provider_x509_cert_url": "Not used.",
    "client_x509_cert_url": "Not used.",
    "universe_domain": "V(googleapis.com).",
}


def _key_options() -> str:
    """Return the YAML of the fields of a key."""
    return "\n".join(
        f"""
          {name}:
            description: {meaning}
            type: str
""".strip("\n")
        for name, meaning in _KEY_FIELDS.items()
    )


class ModuleDocFragment:
    """A source that is a Google Workspace account."""

    DOCUMENTATION: str = rf"""
options:
  google_workspace:
    description:
      - How to reach and read Google Workspace or Cloud Identity through the Directory API of the Admin SDK, for
        O(sources[].type=google_workspace).
      - Reading needs a service account in a project in which the Admin SDK API is enabled. An administrator of the
        account authorises its client id, by domain-wide delegation, for
        C(https://www.googleapis.com/auth/admin.directory.user.readonly) and
        C(https://www.googleapis.com/auth/admin.directory.group.readonly), and for nothing else. The second is not asked
        for where no groups are read.
      - The external id of users and groups is Google's id. Suspended and archived users are disabled. Who was deleted
        stays known as deleted for about 20 days.
      - A group that has the whole account as a member contains every active user that is read. Members from outside
        the account are left out and make a warning.
      - Every read is a full one, since the Directory API cannot tell what changed.
      - It needs the Python libraries C(google-api-python-client) and C(google-auth).
    type: dict
    suboptions:
      service_account_file:
        description:
          - The file (JSON) with the key of the service account, on the host where the module runs.
          - Give exactly one of this, O(sources[].google_workspace.service_account_json) and
            O(sources[].google_workspace.impersonate_service_account).
          - By default it comes from the environment variable E(DIRSYNC_GOOGLE_WORKSPACE_SERVICE_ACCOUNT_FILE).
        type: path
      service_account_json:
        description:
          - The content of such a file, as text or as a dictionary.
          - Of its fields, only the key and its id are kept out of logs and results. Keep it in a vault.
          - By default it comes from the environment variable E(DIRSYNC_GOOGLE_WORKSPACE_SERVICE_ACCOUNT_JSON).
        type: dict
        suboptions:
{_key_options()}
      impersonate_service_account:
        description:
          - The address of the service account, to act as it without any key.
          - The identity of this host (of the machine in Google Cloud, or of a workload identity federation whose
            configuration E(GOOGLE_APPLICATION_CREDENTIALS) names) needs the role Service Account Token Creator on it,
            and its project the IAM Service Account Credentials API.
        type: str
      subject:
        description:
          - The primary e-mail of the administrator to act for. It needs a role with the privileges to read users and
            groups, and must have signed in once.
          - The address of the service account itself means a service account that has such a role of its own, without
            delegation.
        type: str
        required: true
      customer:
        description:
          - The id of the account, where it is not that of O(sources[].google_workspace.subject). All its domains are
            read.
        type: str
      domain:
        description:
          - One domain to read instead of the whole account. Nested groups of other domains are followed.
        type: str
      users_query:
        description:
          - A search for users such as V(isSuspended=false orgDepartment=IT), which Google applies. Clauses are
            separated by blanks and must all fit. Users who do not fit count as absent.
          - See U(https://developers.google.com/workspace/admin/directory/v1/guides/search-users).
        type: str
      org_unit_paths:
        description:
          - Organizational units such as V(/Staff/IT). Only users in one of them, or in units below them, count.
        type: list
        elements: str
        default: []
      guests:
        description:
          - Whether guest users count.
        type: str
        choices: [include, exclude]
        default: include
      email_domains:
        description:
          - Domains that e-mails should have, best first. A user who has an alias in one of them goes by the alias
            instead of the primary address. Without an address in any of them, the primary one counts.
        type: list
        elements: str
        default: []
      groups_query:
        description:
          - A search for groups such as V(email:vault-*), which Google applies. Groups nested in those that fit are
            followed even when they do not fit themselves.
          - See U(https://developers.google.com/workspace/admin/directory/v1/guides/search-groups).
        type: str
      derived_membership:
        description:
          - Whether Google may resolve nested groups that O(sources[].google_workspace.groups_query) or
            O(sources[].google_workspace.domain) leaves out, where that takes fewer calls than reading them.
          - Google was seen to leave out members then. An answer without all direct members does not count, but whether
            all indirect ones are there cannot be told, so this is off by default.
        type: bool
        default: false
      api_url:
        description:
          - The address of the API, where it is not Google's own, such as a private endpoint.
        type: str
        default: https://admin.googleapis.com
{http_options(retries=8)}
"""
