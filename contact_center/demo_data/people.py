"""Accounts of the demo: users, memberships with roles and scopes, all with one password."""

from django.contrib.auth.hashers import make_password

from contact_center.demo_data.cast import BOTH, BOTH_NAME, PASSWORD, SECOND_SUPERVISOR, Cast
from contact_center.tenancy.models import Membership, User
from contact_center.tenancy.roles import Role
from routing.models import Queue, QueueScope


def seed_users(casts: tuple[Cast, ...]) -> dict[str, User]:
    """All users by e-mail; existing ones keep name and password."""
    wanted: dict[str, tuple[str, bool]] = {BOTH: (BOTH_NAME, False)}
    for cast in casts:
        for person in cast.people:
            wanted[cast.address(person.account)] = (person.name, person.role is Role.ADMINISTRATOR)
        for number, rep in enumerate(cast.representatives, start=1):
            wanted[cast.address(f"rep{number}")] = (rep.name, False)
    existing = set(User.objects.filter(email__in=wanted).values_list("email", flat=True))
    # Hashed once: the hash is slow on purpose, and thirty of them would be most of the start.
    password = make_password(PASSWORD)
    User.objects.bulk_create(
        User(email=email, name=name, is_staff=is_staff, password=password)
        for email, (name, is_staff) in wanted.items()
        if email not in existing
    )
    return {user.email: user for user in User.objects.filter(email__in=wanted)}


def seed_memberships(cast: Cast, users: dict[str, User]) -> dict[str, Membership]:
    """The organization's memberships by e-mail, in its scope."""
    roles = {cast.address(person.account): person.role for person in cast.people}
    roles |= {cast.address(f"rep{number}"): Role.REPRESENTATIVE for number in range(1, len(cast.representatives) + 1)}
    roles[BOTH] = Role.SUPERVISOR
    scoped = {cast.address(person.account) for person in cast.people if person.queues}
    known = set(Membership.objects.values_list("user_id", flat=True))
    Membership.objects.bulk_create(
        Membership(user=users[email], roles=_roles(cast, email, role), all_queues=email not in scoped)
        for email, role in roles.items()
        if users[email].pk not in known
    )
    rows = Membership.objects.filter(user__in=users.values()).select_related("user")
    return {row.user.email: row for row in rows}


def _roles(cast: Cast, email: str, role: Role) -> list[Role]:
    """The second supervisor may take conversations over, and handles them at the desk then."""
    return [role, Role.REPRESENTATIVE] if email == cast.address(SECOND_SUPERVISOR) else [role]


def seed_scopes(cast: Cast, memberships: dict[str, Membership], queues: dict[str, Queue]) -> None:
    for person in cast.people:
        for name in person.queues:
            QueueScope.objects.get_or_create(membership=memberships[cast.address(person.account)], queue=queues[name])
