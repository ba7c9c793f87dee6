"""Intent families, groups and intents, and the user groups that serve them."""

from typing import ClassVar

from django.contrib import admin

from contact_center.administration.base import OrganizationInline
from contact_center.administration.site import site
from routing.admin.representatives import NamedPage
from routing.models import Intent, IntentFamily, IntentGroup, UserGroup
from routing.models.intents import UserGroupIntentGroup, UserGroupMember


@admin.register(IntentFamily, site=site)
class IntentFamilyPage(NamedPage):
    pass


@admin.register(IntentGroup, site=site)
class IntentGroupPage(NamedPage):
    list_display = ("name", "family")
    list_select_related = ("family",)


@admin.register(Intent, site=site)
class IntentPage(NamedPage):
    list_display = ("name", "group")
    list_select_related = ("group",)


class IntentGroups(OrganizationInline):
    model = UserGroupIntentGroup
    verbose_name = "intent group"
    verbose_name_plural = "Intent groups"


class GroupMembers(OrganizationInline):
    model = UserGroupMember
    verbose_name = "member"
    verbose_name_plural = "Members"


@admin.register(UserGroup, site=site)
class UserGroupPage(NamedPage):
    inlines = (IntentGroups, GroupMembers)
    owned: ClassVar = (UserGroupIntentGroup, UserGroupMember)
