"""The organization itself in Django admin: name, settings and toggles, members, API keys."""

from contact_center.tenancy.admin import keys, members, notices, organization

__all__ = ["keys", "members", "notices", "organization"]
