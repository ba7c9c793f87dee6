"""Migrations run on the owner's connection only; everything else on the runtime role's."""

from typing import Any


class OwnerRunsMigrations:
    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
