"""The organization in scope: opened once per request, task, socket read or command; unscoped queries raise.

Two walls stand behind it: the manager below refuses to build a query without a scope, and PostgreSQL's row security
(`row_security.py`) shows no row of another organization to any SQL that gets through.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self, TypeVar

from django.db import connection, models, transaction

SETTING = "app.organization_id"
_organization_id: ContextVar[int | None] = ContextVar("organization_id", default=None)


class NoOrganizationInScope(RuntimeError):
    """A tenant table was touched without an organization in scope."""


class OrganizationScopeError(RuntimeError):
    """The scope was opened in a way that could leak or cross organizations."""


def current_organization_id() -> int:
    """The id of the organization in scope.

    Raises NoOrganizationInScope when there is none.
    """
    organization_id = _organization_id.get()
    if organization_id is None:
        raise NoOrganizationInScope("No organization is in scope: open organization_scope(organization_id) first.")
    return organization_id


def organization_id_or_none() -> int | None:
    return _organization_id.get()


@contextmanager
def organization_scope(organization_id: int) -> Iterator[None]:
    """Open a transaction in which only this organization's rows exist.

    The database setting is local to the transaction, so it cannot outlive it, behind a pooler either; it is put back on
    exit for the sake of nested scopes. Raises OrganizationScopeError for None, inside a coroutine, and for another
    organization than the one already in scope.
    """
    if not isinstance(organization_id, int):
        raise OrganizationScopeError("An organization id is needed; None would mean every organization.")
    _refuse_coroutine()
    outer = _organization_id.get()
    if outer is not None and outer != organization_id:
        raise OrganizationScopeError("Another organization is in scope already.")
    # COMMIT drops the setting by itself; inside a larger transaction it has to be put back by hand.
    put_back = outer is None and connection.in_atomic_block
    token = _organization_id.set(organization_id)
    try:
        with transaction.atomic():
            _set(str(organization_id))
            yield
            if put_back and not connection.needs_rollback:
                _set("")
    finally:
        _organization_id.reset(token)


def _refuse_coroutine() -> None:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return
    if task is not None:
        raise OrganizationScopeError("A scope holds a database transaction; open it in a thread, not in a coroutine.")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config(%s, %s, true)", [SETTING, value])


_Model = TypeVar("_Model", bound=models.Model)


class OrganizationManager(models.Manager[_Model]):
    """Every query goes through the organization in scope, `exists()` and `raw()` included."""

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet[_Model]:
        return super().get_queryset().filter(organization_id=current_organization_id())

    def raw(self, *args: Any, **kwargs: Any) -> Any:
        current_organization_id()
        return super().raw(*args, **kwargs)


class OrganizationField(models.ForeignKey):
    """The organization of a row; filled with the one in scope when the row is written.

    Not a default: a migration evaluates defaults, and no organization is in scope there.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("to", "tenancy.Organization")
        kwargs.setdefault("on_delete", models.CASCADE)
        kwargs.update(related_name="+", db_index=False, editable=False)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if getattr(model_instance, self.attname) is None:
            setattr(model_instance, self.attname, current_organization_id())
        return super().pre_save(model_instance, add)


class OrganizationModel(models.Model):
    """A table whose rows belong to one organization each."""

    organization = OrganizationField()

    objects: ClassVar[OrganizationManager[Self]] = OrganizationManager()

    class Meta:
        abstract = True


def same_organization_key(name: str) -> models.UniqueConstraint:
    """What an OrganizationForeignKey points at; every referenced tenant table carries one."""
    return models.UniqueConstraint(fields=["organization", "id"], name=name)
