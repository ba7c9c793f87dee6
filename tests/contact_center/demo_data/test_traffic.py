"""The demo's traffic against the real API: who waits, who answers, and what is left to people."""

import json
import random
import time
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client as Browser
from django.utils import timezone

from contact_center.demo_data.cast import HARBOR
from contact_center.demo_data.client import Answer
from contact_center.demo_data.traffic import LATE, LEAST_OPEN, SOON, Simulation
from contact_center.tenancy.access import actor_of_membership
from contact_center.tenancy.models import ApiKey, Membership, Organization
from contact_center.tenancy.scope import organization_scope
from conversations.actions import perform
from conversations.models import Conversation
from conversations.rules import Action
from conversations.states import Status, StatusReason
from routing.models import Representative

pytestmark = pytest.mark.django_db
REP1 = HARBOR.address("rep1")
SLOW = HARBOR.queues[HARBOR.slow_queue].name


class Api:
    """The simulation's client without a network. The demo's own key leads to where it was found first."""

    key = ""

    def __init__(self) -> None:
        self._browser = Browser(headers={"Authorization": f"Bearer {self.key}"})

    def get(self, path):
        answer = self._browser.get(f"/api/v1{path}")
        return Answer(answer.status_code, answer.json())

    def post(self, path, body):
        answer = self._browser.post(f"/api/v1{path}", json.dumps(body), content_type="application/json")
        return Answer(answer.status_code, answer.json())


@pytest.fixture
def floor(db, monkeypatch):
    call_command("seed_demo", "--organization", "harbor", "--without-conversations", stdout=StringIO())
    organization = Organization.objects.get(slug="harbor")
    with organization_scope(organization.pk):
        monkeypatch.setattr(Api, "key", uuid.uuid4().hex)
        ApiKey.issue("Traffic", key=Api.key)
        yield


def simulation(ahead=timedelta()):
    return Simulation("harbor", Api(), random.Random(1), clock=lambda: time.time() + ahead.total_seconds())


def arrives(stream):
    told = {"external_id": stream, "work_stream": stream, "subject": "A question", "message": "Hello"}
    answer = Api().post("/conversations", {**told, "customer": {"external_id": "somebody", "name": "Mila Petrova"}})
    assert answer.ok, answer.body
    return answer.body["id"]


def state_of(pk):
    row = Conversation.objects.select_related("representative").get(pk=pk)
    return row.status, row.status_reason, row.representative and row.representative.email


def test_few_wait_for_somebody_who_is_not_there_and_all_in_one_queue(floor):
    traffic = simulation()
    for _ in range(40):
        traffic._open()
    waiting = Conversation.objects.filter(required_skills__isnull=False).distinct()
    assert {row.queue.name for row in waiting.select_related("queue")} == {SLOW}
    assert 0 < waiting.count() <= LEAST_OPEN


def test_elsewhere_a_colleague_takes_up_what_has_waited_a_while(floor):
    pk = arrives("live-chat")
    simulation()._relieve()
    assert state_of(pk)[0] == Status.OPEN
    simulation(SOON + timedelta(seconds=5))._relieve()
    status, reason, holder = state_of(pk)
    assert (status, reason) == (Status.ACTIVE, StatusReason.IN_CONVERSATION)
    assert holder != REP1, "left to whoever tries the desk"


def test_in_the_slow_queue_it_takes_longer(floor):
    pk = arrives("sms")
    simulation(LATE - timedelta(minutes=1))._relieve()
    assert state_of(pk)[0] == Status.OPEN
    simulation(LATE + timedelta(minutes=1))._relieve()
    assert state_of(pk)[0] != Status.OPEN


@pytest.mark.parametrize(("number", "answered"), [(2, True), (1, False)])
def test_colleagues_answer_what_rings_and_leave_alone_what_rings_at_the_desk_that_is_tried(floor, number, answered):
    pk = arrives("live-chat")
    supervisor = actor_of_membership(Membership.objects.get(user__email=HARBOR.address("supervisor")).pk)
    person = Representative.objects.get(email=HARBOR.address(f"rep{number}"))
    (done,) = perform(
        Action.ASSIGN_TO_REPRESENTATIVE,
        [pk],
        actor=supervisor,
        parameters={"representative": person.pk},
        now=timezone.now(),
    )
    assert done.outcome == "succeeded", done.sentence
    simulation()._pick_up()
    expected = StatusReason.IN_CONVERSATION if answered else StatusReason.AWAITING_ACCEPTANCE
    assert state_of(pk) == (Status.ACTIVE, expected, person.email)
