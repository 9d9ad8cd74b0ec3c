# Copyright (c) 2026 dirsync.bitwarden contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The permissions of a custom role."""

from __future__ import annotations

PERMISSIONS = {
    "access_event_logs": "accessEventLogs",
    "access_import_export": "accessImportExport",
    "access_reports": "accessReports",
    "create_new_collections": "createNewCollections",
    "edit_any_collection": "editAnyCollection",
    "delete_any_collection": "deleteAnyCollection",
    "manage_groups": "manageGroups",
    "manage_policies": "managePolicies",
    "manage_sso": "manageSso",
    "manage_users": "manageUsers",
    "manage_reset_password": "manageResetPassword",
    "manage_scim": "manageScim",
    "manage_access_rules": "manageAccessRules",
}
"""Each permission under our name with that of Bitwarden's Public API."""
