"""What our account may do in a project, asked of Jira before the first request finds out."""

from __future__ import annotations

from escalation.errors import TrackerDenied, TrackerRejected
from escalation.jira_site import JiraCalls

NEEDED = {
    "BROWSE_PROJECTS": "see tickets",
    "CREATE_ISSUES": "create tickets",
    "EDIT_ISSUES": "change their fields",
    "ADD_COMMENTS": "comment",
    "TRANSITION_ISSUES": "move them through the workflow",
    "ASSIGN_ISSUES": "assign them",
    "CREATE_ATTACHMENTS": "attach files",
}
"""Jira's permission keys, the same on Cloud, Server and Data Center, and what the desk does with each."""


def require_permissions(calls: JiraCalls, project: str) -> None:
    """Raise TrackerDenied naming every permission our account lacks there. Silent where Jira does not tell."""
    try:
        found = calls.get("mypermissions", {"projectKey": project, "permissions": ",".join(NEEDED)})
    except TrackerRejected:  # an old server
        return
    told = found.get("permissions", {})
    lacking = [f"{key} ({why})" for key, why in NEEDED.items() if told.get(key, {}).get("havePermission") is False]
    if lacking:
        raise TrackerDenied(
            f"Our account lacks permissions in {project}: {', '.join(lacking)}. Give them to it in the project's "
            "permission scheme."
        )
