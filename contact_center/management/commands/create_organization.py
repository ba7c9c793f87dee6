"""Makes an organization with its first administrator."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contact_center.management.organizations import Impossible, check_new_organization, create_organization


class Command(BaseCommand):
    help = (
        "Makes an organization with its first administrator. A new account has no password: the person sets one "
        "through “Forgot your password?”. Supervisor Monitor is on, the other toggles are off."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="Short name in addresses: lower-case letters, digits, hyphens.")
        parser.add_argument("name", help="Name as people read it.")
        parser.add_argument("administrator", help="The administrator's e-mail.")
        parser.add_argument("--person", default="", help="The administrator's name, for a new account.")
        parser.add_argument("--dry-run", action="store_true", help="Check everything and make nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, name, email = options["slug"], options["name"], options["administrator"]
        try:
            if options["dry_run"]:
                check_new_organization(slug, name, email)
                self.stdout.write(f"Would make {name} at /o/{slug}/ with {email} as administrator.")
                return
            organization, user, is_new = create_organization(slug, name, email, options["person"])
        except Impossible as reason:
            raise CommandError(str(reason)) from None
        account = "a new account without a password" if is_new else "an account that existed"
        self.stdout.write(f"{organization.name} is at /o/{organization.slug}/; administrator {user.email}, {account}.")
