"""Intent family → intent group → intent, and the user groups that serve them."""

from typing import ClassVar

from django.db import models

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, same_organization_key


class IntentFamily(OrganizationModel):
    name = models.CharField(max_length=80)

    class Meta:
        verbose_name_plural = "intent families"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="intent_family_name_once"),
            same_organization_key("intent_family_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class IntentGroup(OrganizationModel):
    family = OrganizationForeignKey(IntentFamily, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "family", "name"], name="intent_group_name_once"),
            same_organization_key("intent_group_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class Intent(OrganizationModel):
    group = OrganizationForeignKey(IntentGroup, on_delete=models.CASCADE, related_name="intents")
    name = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="intent_name_once"),
            same_organization_key("intent_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class UserGroup(OrganizationModel):
    """Representatives who serve some intent groups."""

    name = models.CharField(max_length=80)
    intent_groups = models.ManyToManyField(IntentGroup, through="UserGroupIntentGroup", related_name="user_groups")
    members = models.ManyToManyField("routing.Representative", through="UserGroupMember", related_name="user_groups")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="user_group_name_once"),
            same_organization_key("user_group_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class UserGroupIntentGroup(OrganizationModel):
    user_group = OrganizationForeignKey(UserGroup, on_delete=models.CASCADE, related_name="+")
    intent_group = OrganizationForeignKey(IntentGroup, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "user_group", "intent_group"], name="user_group_intent_group_once"
            )
        ]


class UserGroupMember(OrganizationModel):
    user_group = OrganizationForeignKey(UserGroup, on_delete=models.CASCADE, related_name="+")
    representative = OrganizationForeignKey("routing.Representative", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "user_group", "representative"], name="user_group_member_once"
            )
        ]
