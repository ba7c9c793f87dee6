"""Makes the demo's organizations; what is there already stays as it is."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from contact_center.demo_data import configuration, days, people
from contact_center.demo_data.cast import CASTS, Cast
from contact_center.demo_data.floor import Floor
from contact_center.demo_data.lives import Lives
from contact_center.tenancy.models import Organization, User
from contact_center.tenancy.scope import organization_scope
from conversations.models import Conversation
from routing.nudge import left_to_the_beat

Report = Callable[[str], None]


def seed(slugs: list[str], *, report: Report, with_conversations: bool = True) -> None:
    """One transaction per organization. Raises ValueError when a slug is taken by an organization that is no demo."""
    casts = [CASTS[slug] for slug in slugs]
    with transaction.atomic():
        users = people.seed_users(tuple(casts))
        organizations = [_organization(cast) for cast in casts]
    for cast, organization in zip(casts, organizations, strict=True):
        with organization_scope(organization.pk), left_to_the_beat():
            _configure(cast, organization, users)
            if not with_conversations:
                report(f"{cast.name}: configured.")
            elif Conversation.objects.exists():
                report(f"{cast.name}: its conversations are kept.")
            else:
                lives = Lives(cast, Floor(cast, organization), timezone.now())
                number = lives.write(report=lambda done: report(f"{cast.name}: {done} conversations …"))  # noqa: B023
                days.write(timezone.now())
                report(f"{cast.name}: {number} conversations.")


def _organization(cast: Cast) -> Organization:
    row, _ = Organization.objects.get_or_create(slug=cast.slug, defaults={"name": cast.name, "is_demo": True})
    if not row.is_demo:
        raise ValueError(f"The organization {cast.slug} exists and is no demo; it is left alone.")
    return row


def _configure(cast: Cast, organization: Organization, users: dict[str, User]) -> None:
    memberships = people.seed_memberships(cast, users)
    configuration.seed_settings(cast, organization, memberships)
    configuration.seed_api_key(cast)
    configuration.seed_lists()
    queues = configuration.seed_queues(cast)
    in_order = [queues[queue.name] for queue in cast.queues]
    people.seed_scopes(cast, memberships, queues)
    configuration.seed_work_streams(cast, in_order)
    representatives = configuration.seed_representatives(cast, memberships)
    configuration.seed_supervisors_profile(cast, memberships)
    configuration.seed_memberships_of_queues(cast, in_order, representatives)
    configuration.seed_skills(cast, representatives)
    configuration.seed_intents(cast, representatives)
