"""Foreign keys between tenant tables."""

from typing import Any

from django.db import models


class OrganizationForeignKey(models.ForeignKey):
    """A foreign key that can only point at a row of the same organization.

    A plain foreign key is checked without row security, so SQL could store the id of a foreign row. The database
    constraint is therefore on (organization_id, <column>) and made by `row_security.apply`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(*args, **kwargs)


class OrganizationOneToOneField(models.OneToOneField):
    """The one-to-one form of OrganizationForeignKey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(*args, **kwargs)
