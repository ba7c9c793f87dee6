"""The demo's organizations: everything the documentation promises, once, and true to the domain's rules."""

import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contact_center.demo_data.cast import CASTS, PASSWORD, SECOND_SUPERVISOR
from contact_center.tenancy.access import resolve_actor
from contact_center.tenancy.lookup import organization_of_api_key, organizations_of_user
from contact_center.tenancy.models import Organization, OrganizationSettings, User
from contact_center.tenancy.scope import organization_scope
from contact_center.tenancy.toggles import Toggle
from conversations.models import Conversation, ForceCloseReason, Message
from conversations.states import Status
from routing.kinds import Channel, Kind
from routing.models import Queue, QueueMember, Representative, WorkStream
from tests import factories, invariants

pytestmark = pytest.mark.django_db
SLOWEST = 30  # seconds of computing, whoever else is at it; a newcomer waits for it


def run(*arguments):
    out = StringIO()
    call_command("seed_demo", *arguments, stdout=out)
    return out.getvalue()


def scope(slug):
    return organization_scope(Organization.objects.get(slug=slug).pk)


@pytest.fixture
def configured(db):
    run("--without-conversations")


def test_every_account_signs_in_with_its_role(configured, client):
    for slug, cast in CASTS.items():
        roles = {cast.address(person.account): {person.role} for person in cast.people}
        roles |= {cast.address(f"rep{number}"): {"representative"} for number in range(1, 9)}
        roles["both@example.com"] = {"supervisor"}
        # Takes conversations over, and handles them at the desk then.
        roles[cast.address(SECOND_SUPERVISOR)] = {"supervisor", "representative"}
        organization = Organization.objects.get(slug=slug)
        for email, expected in roles.items():
            user = User.objects.get(email=email)
            assert user.check_password(PASSWORD), email
            with organization_scope(organization.pk):
                actor = resolve_actor(user.pk, organization)
            assert set(actor.roles) == expected, email
            assert actor.toggles == set(Toggle)
    both = User.objects.get(email="both@example.com")
    assert {organization.slug for organization in organizations_of_user(both.pk)} == {"harbor", "summit"}


def test_the_scoped_supervisor_sees_one_queue(configured):
    organization = Organization.objects.get(slug="harbor")
    with organization_scope(organization.pk):
        actor = resolve_actor(User.objects.get(email="scoped@harbor.example").pk, organization)
        assert [queue.name for queue in Queue.objects.filter(pk__in=actor.queue_ids)] == ["Returns and refunds"]


@pytest.mark.parametrize("slug", CASTS)
def test_the_organization_is_set_up_as_the_documentation_says(configured, slug):
    assert organization_of_api_key(f"demo-key-{slug}") == Organization.objects.get(slug=slug, is_demo=True).pk
    with scope(slug):
        streams = {stream.slug: stream for stream in WorkStream.objects.all()}
        assert set(streams) == {"live-chat", "persistent-chat", "sms", "whatsapp", "voice", "records"}
        keys = {stream.chat_key for stream in streams.values() if stream.chat_key}
        assert keys == {f"demo-{slug}", f"demo-{slug}-messages"}
        assert streams["live-chat"].open_auto_close_seconds == 20 * 60
        assert streams["records"].open_auto_close_seconds is None
        assert all(stream.kind == stream.default_queue.kind for stream in streams.values())
        assert set(Queue.objects.values_list("kind", flat=True)) == set(Kind.values)
        assert Queue.objects.filter(intent_based=True).exists()
        assert all(QueueMember.objects.filter(queue=queue).exists() for queue in Queue.objects.all())
        assert Representative.objects.filter(type="ai_agent").count() == 1
        assert len(set(Representative.objects.values_list("presence", flat=True))) >= 4
        assert ForceCloseReason.objects.count() == 6
        assert OrganizationSettings.objects.get().monitoring_confirmed_by is not None


def test_conversations_of_every_state_and_channel_keep_the_rules_and_a_second_run_adds_none(
    db, django_capture_on_commit_callbacks
):
    began = time.process_time()
    with django_capture_on_commit_callbacks() as told:
        run("--organization", "harbor")
    assert time.process_time() - began < SLOWEST
    assert "_Nudge" not in {callback.__qualname__ for callback in told}, "The beat finds the work once there is one."
    with scope("harbor"):
        rows = Conversation.objects.all()
        assert rows.count() >= 100
        assert set(rows.values_list("status", flat=True)) == set(Status.values)
        assert set(rows.values_list("channel", flat=True)) == {*Channel.values} - {"facebook", "social"}
        assert not rows.exclude(sentiment_score=None).exists()
        assert not rows.filter(subject="").exists()
        invariants.assert_all()
        before = (rows.count(), Message.objects.count())
    said = run("--organization", "harbor")
    assert "are kept" in said
    with scope("harbor"):
        assert (Conversation.objects.count(), Message.objects.count()) == before


def test_what_people_changed_since_stays(configured):
    User.objects.filter(email="rep1@harbor.example").update(name="Somebody Else")
    with scope("harbor"):
        WorkStream.objects.filter(slug="sms").update(name="Text messages")
    run("--without-conversations")
    assert User.objects.get(email="rep1@harbor.example").name == "Somebody Else"
    with scope("harbor"):
        assert WorkStream.objects.get(slug="sms").name == "Text messages"


def test_an_organization_that_is_no_demo_is_left_alone(db):
    factories.make_organization("harbor")
    with pytest.raises(CommandError, match="is no demo"):
        run("--organization", "harbor")
    with scope("harbor"):
        assert not Queue.objects.exists()


def test_outside_the_demo_nothing_is_made(db, settings):
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="DEMO=true"):
        run()
    assert not Organization.objects.exists()


def test_a_dry_run_makes_nothing(db):
    assert "Would make Harbor Retail" in run("--dry-run")
    assert not Organization.objects.exists()
