"""Playing dialogues and traffic through the API of a real server."""

import json
import os
import random
import signal
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from contact_center.demo_data.client import Client
from contact_center.demo_data.seeding import seed
from contact_center.demo_data.traffic import Simulation
from contact_center.tenancy.access import system_actor
from contact_center.tenancy.models import Organization
from contact_center.tenancy.scope import organization_scope
from conversations import dispatch
from conversations.models import Conversation, Message, Offer
from conversations.replay import BadLine, read_dialogues
from routing.models import Representative
from tests import invariants

ROOT = Path(__file__).resolve().parents[3]
REAL_FILE = ROOT.parent / "shared" / "data" / "dialogues.jsonl"
GOOD = {
    "id": "d1",
    "services": ["Buses_1"],
    "intent": "BuyBusTicket",
    "turns": [
        {"from": "customer", "text": "I need a bus to Fresno."},
        {"from": "representative", "text": "When would you like to go?"},
        {"from": "customer", "text": "Tomorrow."},
        {"from": "customer", "text": "In the morning."},
        {"from": "representative", "text": "There is one at 8:20."},
    ],
}


@pytest.fixture
def floor(transactional_db, live_server):
    seed(["harbor"], report=lambda text: None, with_conversations=False)
    return live_server.url


@pytest.fixture
def in_harbor(floor):
    return lambda: organization_scope(Organization.objects.get(slug="harbor").pk)


def written(path, *lines):
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return path


def play(path, url="http://127.0.0.1:1", **options):
    out, err = StringIO(), StringIO()
    status = 0
    try:
        call_command(
            "replay_dialogues", str(path), organization="harbor", url=url, rate=0.0, stdout=out, stderr=err, **options
        )
    except CommandError as error:
        status, _ = 1, err.write(str(error))
    return status, out.getvalue(), err.getvalue()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_dialogue_is_played_in_order_and_a_second_run_makes_nothing_twice(floor, in_harbor, tmp_path):
    path = written(tmp_path / "dialogues.jsonl", GOOD, "", GOOD | {"id": "d2"})
    status, out, _ = play(path, floor)
    assert (status, out.strip().splitlines()[-1]) == (
        0,
        "2 conversations opened, 0 found again; 10 messages stored, 0 found again; 2 ended; 0 lines refused.",
    )
    with in_harbor():
        rows = Conversation.objects.order_by("pk")
        assert [(row.subject, row.status) for row in rows] == [("I need a bus to Fresno.", "wrap_up")] * 2
        said = (
            Message.objects.filter(conversation=rows[0])
            .exclude(author="system")
            .order_by("pk")
            .values_list("author", "text")
        )
        assert list(said) == [(turn["from"], turn["text"]) for turn in GOOD["turns"]]
        invariants.assert_all()
    status, out, _ = play(path, floor)
    assert (status, "0 conversations opened, 2 found again; 0 messages stored, 10 found again" in out) == (0, True)
    with in_harbor():
        assert Conversation.objects.count() == 2


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_refused_lines_are_named_and_the_others_played(floor, in_harbor, tmp_path):
    long = GOOD | {"id": "d3", "turns": [{"from": "customer", "text": "x" * 30_000}]}
    status, out, err = play(written(tmp_path / "dialogues.jsonl", "{", GOOD, GOOD, long), floor)
    assert status == 1
    assert "1 conversations opened" in out
    assert err.splitlines()[:3] == [
        "line 1: this is not JSON",
        "line 3: the id d1 stands on an earlier line already",
        "line 4: 422 message: This is too long: at most 28672 characters.",
    ]
    with in_harbor():
        assert Conversation.objects.count() == 1


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_wrong_key_ends_the_run_with_its_reason(floor, tmp_path):
    status, _, err = play(written(tmp_path / "dialogues.jsonl", GOOD), floor, key="wrong")
    assert (status, "unknown or has been revoked" in err) == (1, True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ({"turns": GOOD["turns"]}, "no id"),
        ({"id": "x", "turns": []}, "no turns"),
        ({"id": "x", "turns": [{"from": "robot", "text": "x"}]}, "turn 1 is from neither"),
        ({"id": "x", "turns": [{"from": "customer", "text": " "}]}, "turn 1 has no text"),
        ({"id": "x", "turns": [{"from": "representative", "text": "x"}]}, "begins with a representative"),
    ],
)
def test_a_line_that_is_no_dialogue_says_why(line, reason):
    (found,) = read_dialogues([line if isinstance(line, str) else json.dumps(line)])
    assert isinstance(found, BadLine)
    assert reason in found.reason


def test_a_dry_run_reads_the_file_and_sends_nothing(tmp_path):
    status, out, _ = play(written(tmp_path / "dialogues.jsonl", GOOD), dry_run=True)
    assert (status, out.strip()) == (0, "1 dialogues with 5 messages would be played.")


def test_a_file_that_is_not_there_is_said(tmp_path):
    status, _, err = play(tmp_path / "nothing.jsonl")
    assert (status, "can't be read" in err) == (1, True)


def test_every_line_of_the_real_file_is_a_dialogue():
    if not REAL_FILE.exists():
        pytest.skip("The file of real dialogues isn't on this machine.")
    with REAL_FILE.open(encoding="utf-8") as lines:
        found = list(read_dialogues(lines))
    assert len(found) == 700
    assert not [each for each in found if isinstance(each, BadLine)]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_simulated_traffic_keeps_the_rules(floor, in_harbor):
    out = StringIO()
    call_command("simulate_traffic", url=floor, organization=["harbor"], rate=10_000.0, events=40, seed=3, stdout=out)
    assert "harbor: " in out.getvalue()
    with in_harbor():
        assert Conversation.objects.count() > 3
        invariants.assert_all()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_simulated_representatives_answer_offers_but_the_first_is_left_to_people(floor, in_harbor):
    with in_harbor():
        actor = system_actor(Organization.objects.get(slug="harbor"))
        # As if somebody had opened the desk; everybody has room for three.
        Representative.objects.filter(email__startswith="rep1@").update(presence="available")
        Representative.objects.filter(type="person").update(total_units=90)
    with closing(Client(floor, "demo-key-harbor")) as client:
        simulation = Simulation("harbor", client, random.Random(5))
        for number in range(100):
            simulation.step()
            if number % 4 == 0:
                with in_harbor():
                    dispatch.run(actor=actor, now=timezone.now())
    with in_harbor():
        writers = Message.objects.filter(author="representative").values_list("representative__email", flat=True)
        assert writers
        assert "rep1@harbor.example" not in set(writers)
        assert Offer.objects.filter(outcome="accepted").exists()
        assert Offer.objects.filter(representative__email="rep1@harbor.example", outcome="pending").exists()
        invariants.assert_all()


@pytest.mark.slow
def test_traffic_waits_for_the_console_and_ends_when_told_to(transactional_db):
    command = [sys.executable, "manage.py", "simulate_traffic", "--url", "http://127.0.0.1:1", "--rate", "5"]
    child = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"DEMO": "true"}, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline().startswith("Waiting for the console")
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=60) == 0
    finally:
        child.kill()
        child.stdout.close()
        child.wait()
