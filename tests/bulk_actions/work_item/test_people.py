"""Find an agent: who is listed, who only with the switch, what narrows the list, and who may ask for it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.toggles import Toggle
from conversations.models import Conversation
from conversations.work_item import presenters
from routing.kinds import Presence
from routing.models import CapacityProfile, QueueMember, Representative, RepresentativeSkill, Skill
from tests.bulk_actions.work_item.conftest import ASSIGN, get, key_of, offered, open_dialog, text
from tests.factories import make_conversation, make_conversations, make_representative

PEOPLE = f"{ASSIGN}/people/"


@pytest.fixture
def dialog(harbor):
    """The key of a dialog over one conversation in Orders, which Ana serves; Ben is busy, Chloé away, Dov elsewhere."""
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders)
        make_representative("Ben Osei", queues=[harbor.orders], presence=Presence.BUSY)
        make_representative("Chloé Martin", queues=[harbor.orders], presence=Presence.AWAY)
        make_representative("Dov Katz", queues=[harbor.refunds])
        spanish = Skill.objects.create(name="spanish")
        RepresentativeSkill.objects.create(representative=harbor.ana, skill=spanish, proficiency=8)
    return key_of(open_dialog(harbor, [conversation]))


def names(response):
    found = text(response)
    return [name for name in ("Ana Ruiz", "Ben Osei", "Chloé Martin", "Dov Katz") if name in found]


def test_members_in_an_allowed_presence_are_listed(harbor, dialog):
    response = get(harbor, PEOPLE, {"run_key": dialog})
    assert names(response) == ["Ana Ruiz", "Ben Osei"]
    assert "spanish 8" in text(response)


def test_of_very_many_the_first_are_listed_and_the_filters_reach_the_others(harbor, dialog, monkeypatch):
    monkeypatch.setattr(presenters, "MOST_LISTED", 1)
    short = get(harbor, PEOPLE, {"run_key": dialog})
    assert len(offered(short)) == 1
    assert "The first 1 of 2 are listed." in text(short)
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders)
    assert "The first 1 of 2 are listed." in text(open_dialog(harbor, [conversation])), "from the beginning"
    with harbor.scope():
        ben = Representative.objects.get(name="Ben Osei")
    assert offered(get(harbor, PEOPLE, {"run_key": dialog, "name": "ben"})) == [ben.pk]
    chosen = get(harbor, PEOPLE, {"run_key": dialog, "representative": ben.pk})
    assert ben.pk in offered(chosen), "what one has chosen stays in sight"


def test_the_capacity_profile_is_shown(harbor, dialog):
    with harbor.scope():
        daily = CapacityProfile.objects.create(name="Five cases", reset=CapacityProfile.Reset.END_OF_DAY)
        Representative.objects.filter(pk=harbor.ana.pk).update(capacity_profile=daily)
    assert "Five cases, resets at the end of the day" in text(get(harbor, PEOPLE, {"run_key": dialog}))


def test_the_switch_adds_the_others_each_with_the_reason(harbor, dialog):
    words = text(get(harbor, PEOPLE, {"run_key": dialog, "others": "1"}))
    assert "Chloé Martin Away" in words
    assert "Not normally offered: Is Away; this work stream doesn&#x27;t allow that." in words
    assert "Not normally offered: Doesn&#x27;t serve this queue." in words


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"name": "BEN"}, ["Ben Osei"]),
        ({"presence": "busy"}, ["Ben Osei"]),
        ({"presence": ["busy", "available"]}, ["Ana Ruiz", "Ben Osei"]),
        ({"presence": ["busy", "away"], "others": "1"}, ["Ben Osei", "Chloé Martin"]),
        ({"presence": [""]}, ["Ana Ruiz", "Ben Osei"]),
        ({"skill": "spanish"}, ["Ana Ruiz"]),
        ({"skill": ["spanish", "no such skill"]}, []),
        ({"skill": "no such skill"}, []),
        ({"name": "nobody at all"}, []),
        ({"name": "martin", "others": "1"}, ["Chloé Martin"]),
        ({"served": "999999999"}, []),
        ({"served": "²"}, []),
        ({"served": "9" * 40}, []),
    ],
)
def test_filters_narrow_on_the_server(harbor, dialog, typed, found):
    response = get(harbor, PEOPLE, {"run_key": dialog, **typed})
    assert names(response) == found
    assert found or "Nobody matches these filters." in text(response)


def test_the_queue_filter_narrows_to_its_members(harbor, dialog):
    response = get(harbor, PEOPLE, {"run_key": dialog, "served": harbor.refunds.pk, "others": "1"})
    assert names(response) == ["Ana Ruiz", "Dov Katz"]


def test_several_queues_list_the_members_of_either(harbor, dialog):
    served = [harbor.refunds.pk, harbor.orders.pk]
    assert names(get(harbor, PEOPLE, {"run_key": dialog, "served": served, "others": "1"})) == [
        "Ana Ruiz",
        "Ben Osei",
        "Chloé Martin",
        "Dov Katz",
    ]


def test_skills_are_asked_for_together(harbor, dialog):
    with harbor.scope():
        french = Skill.objects.create(name="french")
    both = {"run_key": dialog, "skill": ["spanish", "french"]}
    assert names(get(harbor, PEOPLE, both)) == []
    with harbor.scope():
        RepresentativeSkill.objects.create(representative=harbor.ana, skill=french, proficiency=1)
    assert names(get(harbor, PEOPLE, both)) == ["Ana Ruiz"]


def test_who_would_match_with_the_switch_is_counted(harbor, dialog):
    words = text(get(harbor, PEOPLE, {"run_key": dialog, "presence": "away"}))
    assert "Nobody who is normally offered matches these filters. One other person does: show others." in words


def test_what_was_chosen_in_a_filter_is_shown_again_with_the_dialog(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders)
    dialog = open_dialog(harbor, [conversation])
    assert text(dialog).count("Any presence") == 1
    typed = {"run_key": key_of(dialog), "choice": "assign_to_representative", "presence": ["busy", "away"]}
    again = harbor.client().post(
        harbor.url(f"conversations/actions/{ASSIGN}/start/"), typed, headers={"HX-Request": "true"}
    )
    assert "Busy, Away" in text(again)


def test_what_was_chosen_stays_chosen_while_it_is_listed(harbor, dialog):
    markup = get(harbor, PEOPLE, {"run_key": dialog, "representative": harbor.ana.pk}).content.decode()
    assert markup.count(" checked") == 1


def test_when_nobody_is_there_it_says_why(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders)
        harbor.ana.presence = Presence.OFFLINE
        harbor.ana.save()
    key = key_of(open_dialog(harbor, [conversation]))
    assert "Nobody else in Orders is Available or Busy now. Show others" in text(get(harbor, PEOPLE, {"run_key": key}))
    with harbor.scope():
        QueueMember.objects.all().delete()
    assert "Nobody else serves Orders. Show others" in text(get(harbor, PEOPLE, {"run_key": key}))
    with harbor.scope():
        harbor.ana.is_active = False
        harbor.ana.save()
    assert "no other representatives" in text(get(harbor, PEOPLE, {"run_key": key}))


@pytest.mark.parametrize("path", [PEOPLE, f"{ASSIGN}/"])
def test_fifty_people_take_as_many_queries_as_one(harbor, path):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders)
    client, key = harbor.client(), key_of(open_dialog(harbor, [conversation]))

    def ask():
        with CaptureQueriesContext(connection) as queries:
            if path == PEOPLE:
                response = client.get(harbor.url(f"conversations/actions/{path}"), {"run_key": key})
            else:
                data = {"id": f"{conversation.pk}:{conversation.version}"}
                response = client.post(
                    harbor.url(f"conversations/actions/{path}"), data, headers={"HX-Request": "true"}
                )
        return len(offered(response)), len(queries)

    ask()
    few, before = ask()
    with harbor.scope():
        for _ in range(50):
            make_representative(queues=[harbor.orders])
    many, after = ask()
    assert (few, many) == (1, 51)
    assert after == before


# --- Who may ask ---


def test_the_list_is_refused_for_many_without_the_toggle_and_out_of_scope(harbor, summit, dialog):
    with harbor.scope():
        rows = make_conversations(2, queue=harbor.orders)
        OrganizationSettings.objects.update(toggles=[])
    assert get(harbor, PEOPLE, {"run_key": dialog}).status_code == 403
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=list(Toggle))
    many = key_of(open_dialog(harbor, rows))
    assert get(harbor, PEOPLE, {"run_key": many}).status_code == 403
    assert get(harbor, PEOPLE, {"run_key": dialog}, member=harbor.second).status_code == 403
    assert get(harbor, PEOPLE, {"run_key": dialog}, member=harbor.auditor).status_code == 403
    assert get(summit, PEOPLE, {"run_key": dialog}).status_code == 404
    assert summit.client().get(harbor.url(f"conversations/actions/{PEOPLE}"), {"run_key": dialog}).status_code == 404
    for key in ("", "nonsense", "00000000-0000-4000-8000-000000000000"):
        assert get(harbor, PEOPLE, {"run_key": key}).status_code == 404
    assert get(harbor, "force_close/people/", {"run_key": dialog}).status_code == 404
    with harbor.scope():
        closed = Conversation.objects.exclude(pk__in=[row.pk for row in rows])
        closed.update(status="closed", status_reason="force_closed", closed_at=timezone.now())
    assert "It is already closed." in text(get(harbor, PEOPLE, {"run_key": dialog}))


def test_a_conversation_that_left_the_scope_is_not_found(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.refunds)
    key = key_of(open_dialog(harbor, [conversation], member=harbor.scoped))
    assert get(harbor, PEOPLE, {"run_key": key}, member=harbor.scoped).status_code == 200
    with harbor.scope():
        Conversation.objects.filter(pk=conversation.pk).update(queue=harbor.orders)
    assert get(harbor, PEOPLE, {"run_key": key}, member=harbor.scoped).status_code == 404
