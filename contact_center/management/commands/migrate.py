"""`migrate` on the owner's connection by default: on the runtime role's there is nothing it may change."""

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        if "owner" not in connections:
            raise CommandError("Migrations run as the owner: set DATABASE_OWNER_URL.")
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
