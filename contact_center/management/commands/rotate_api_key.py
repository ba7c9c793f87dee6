"""Issues, rotates, revokes and lists the API keys of an organization."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contact_center.management import organizations
from contact_center.management.organizations import Impossible
from contact_center.tenancy.models import ApiKey


class Command(BaseCommand):
    help = (
        "Issues an API key, or rotates it: the valid keys of that name end at once and a new one takes their place. "
        "The key is printed once and stored nowhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", help="Short name, for example harbor.")
        parser.add_argument("name", nargs="?", help="What the key is for, for example “Website”.")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--issue", action="store_true", help="A further key; others of that name stay valid.")
        what.add_argument("--revoke", action="store_true", help="End the keys of that name and issue none.")
        what.add_argument("--list", action="store_true", help="Show names, scopes and last use.")
        parser.add_argument(
            "--scope", choices=ApiKey.Scope.values, action="append", help="May be repeated; all when left out."
        )
        parser.add_argument("--per-minute", type=int, help="Calls a minute.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._handle(options)
        except Impossible as reason:
            raise CommandError(str(reason)) from None

    def _handle(self, options: dict[str, Any]) -> None:
        slug, name = options["organization"], options["name"]
        if options["list"]:
            self._list(slug)
            return
        if not name:
            raise Impossible("Say the key's name.")
        if options["per_minute"] is not None and options["per_minute"] < 1:
            raise Impossible("--per-minute must be at least 1.")
        what = "revoke" if options["revoke"] else "issue" if options["issue"] else "rotate"
        if options["dry_run"]:
            organizations.find_organization(slug)
            self.stdout.write(f"Would {what} the key {name} of {slug}.")
        elif what == "revoke":
            rows = organizations.revoke_keys(slug, name)
            self.stdout.write(f"{len(rows)} revoked.")
        else:
            make = organizations.issue_key if what == "issue" else organizations.rotate_key
            row, text = make(slug, name, options["scope"] or [], options["per_minute"])
            self.stdout.write(f"{row.name} ({', '.join(row.scopes)}), shown only now:\n{text}")

    def _list(self, slug: str) -> None:
        for row in organizations.list_keys(slug):
            state = f"revoked {row.revoked_at:%Y-%m-%d}" if row.revoked_at else "valid"
            used = f"last used {row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "never used"
            self.stdout.write(f"{row.name}: {state}, {', '.join(row.scopes)}, {used}")
