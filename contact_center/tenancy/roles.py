"""The only table from roles to rights (product.md §3)."""

from enum import StrEnum

from django.db import models


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", "Administrator"
    SUPERVISOR = "supervisor", "Supervisor"
    REPRESENTATIVE = "representative", "Representative"
    AUDITOR = "auditor", "Auditor"


class Right(StrEnum):
    """What a page, socket or command asks for."""

    MEMBER = "member"
    SUPERVISE = "supervise"
    READ_HISTORY = "read_history"
    READ_AUDIT = "read_audit"
    USE_DESK = "use_desk"
    CONFIGURE = "configure"
    # The organization gives these two to roles of its choice, among those below.
    READ_REPORTS = "read_reports"
    MAKE_REPORTS = "make_reports"
    KEEP_VIEWS = "keep_views"


ROLES_WITH: dict[Right, frozenset[Role]] = {
    Right.MEMBER: frozenset(Role),
    Right.SUPERVISE: frozenset({Role.SUPERVISOR}),
    Right.READ_HISTORY: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}),
    Right.READ_AUDIT: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Right.USE_DESK: frozenset({Role.REPRESENTATIVE}),
    Right.CONFIGURE: frozenset({Role.ADMINISTRATOR}),
    Right.READ_REPORTS: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}),
    Right.MAKE_REPORTS: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}),
    # Whoever has lists or reports; which of them is asked of the list.
    Right.KEEP_VIEWS: frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.AUDITOR}),
}

REFUSAL: dict[Right, str] = {
    Right.MEMBER: "You are not a member of this organization.",
    Right.SUPERVISE: "This page is for supervisors. Ask an administrator for the supervisor role.",
    Right.READ_HISTORY: "Action History is for supervisors, administrators and auditors.",
    Right.READ_AUDIT: "The audit log is for administrators and auditors.",
    Right.USE_DESK: "The desk is for representatives.",
    Right.CONFIGURE: "Only administrators configure the organization.",
    Right.READ_REPORTS: "Your organization hasn’t turned customized reports on for your role. An administrator can.",
    Right.MAKE_REPORTS: "Your organization lets other roles make and change reports. An administrator can add yours.",
    Right.KEEP_VIEWS: "Views and reports are for supervisors and those who see reports.",
}
