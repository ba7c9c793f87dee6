"""Saved views: filter, columns and sort under a name, private or shared; and with which one a person starts."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.roles import Role
from contact_center.tenancy.scope import OrganizationModel, same_organization_key


class SavedView(OrganizationModel):
    """`query` is the canonical query string of filter, sort and columns, as ConversationFilter.definition writes it."""

    class Page(models.TextChoices):
        CONVERSATIONS = "conversations", "All ongoing conversations"
        RECORDS = "records", "Ongoing record conversations"
        REPORT = "report", "Ongoing conversation report"
        CUSTOMIZED = "customized", "Customized reports"

    page = models.CharField(max_length=16, choices=Page.choices, default=Page.CONVERSATIONS)
    owner = OrganizationForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    query = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "owner", "page", "name"], name="saved_view_name_once"),
            same_organization_key("saved_view_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class SavedViewShare(OrganizationModel):
    """Who else has a view: a member, everybody with a role, or the whole organization (both empty)."""

    view = OrganizationForeignKey(SavedView, on_delete=models.CASCADE, related_name="shares")
    membership = OrganizationForeignKey(
        "tenancy.Membership", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    may_edit = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "view", "membership", "role"],
                nulls_distinct=False,
                name="saved_view_share_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.view} shared"


class DefaultView(OrganizationModel):
    """The view with which a person's list opens: a saved one, or a built-in one by its key."""

    membership = OrganizationForeignKey("tenancy.Membership", on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=16, choices=SavedView.Page.choices)
    view = OrganizationForeignKey(SavedView, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "membership", "page"], name="default_view_once"),
        ]

    def __str__(self) -> str:
        return f"{self.page}: {self.view or self.key}"
