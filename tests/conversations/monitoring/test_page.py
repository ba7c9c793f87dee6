"""Monitoring over HTTP: the button, the page it opens, what the page shows to whom, and what one posts there."""

import pytest

from contact_center.tenancy.models import OrganizationSettings
from conversations.models import Conversation, Message, Participant
from conversations.rules import Action
from conversations.states import Status
from conversations.transcript import STEP
from routing.kinds import Channel
from tests import factories
from tests.conversations.monitoring.steps import consultants, do, join, ledger, monitor, said

SECRET = "The customer said this."
HTMX = {"HX-Request": "true"}


@pytest.fixture
def talk(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        factories.make_message(row, SECRET)
        return row


def page(cast, conversation, member=None):
    return cast.client(member).get(cast.url(f"conversations/{conversation.pk}/"))


def text_of(response):
    return response.content.decode()


def begin(cast, conversation, member=None, version=None, **headers):
    chosen = f"{conversation.pk}:{version or conversation.version}"
    return cast.client(member).post(cast.url("conversations/monitor/"), {"id": chosen}, headers=headers)


def act(cast, conversation, action, member=None, headers=HTMX, **given):
    url = cast.url(f"conversations/{conversation.pk}/act/{action.value}/")
    return cast.client(member).post(url, given, headers=headers)


# --- The button ---


def test_the_transcript_is_shown_only_while_monitoring(harbor, talk):
    assert SECRET not in text_of(page(harbor, talk))
    client = harbor.client()
    answer = client.post(harbor.url("conversations/monitor/"), {"id": f"{talk.pk}:1"}, follow=True)
    assert answer.redirect_chain == [(harbor.url(f"conversations/{talk.pk}/"), 302)]
    assert SECRET in text_of(answer)
    assert "Monitoring has begun." in text_of(answer)
    assert "<b>You are monitoring.</b> Ana Ruiz and the customer don’t hear from you." in text_of(answer)
    assert SECRET not in text_of(page(harbor, talk, harbor.second))
    do(harbor, Action.STOP_MONITORING, talk)
    text = text_of(page(harbor, talk))
    assert SECRET not in text
    assert "You stopped monitoring" in text


def test_the_list_opens_the_page_in_the_same_tab(harbor, talk):
    answer = begin(harbor, talk, **HTMX)
    assert answer["HX-Redirect"] == harbor.url(f"conversations/{talk.pk}/")
    listed = text_of(harbor.client().get(harbor.url("conversations/")))
    assert 'data-command="monitor" data-key="m"' in listed
    assert f'hx-post="{harbor.url("conversations/monitor/")}"' in listed


def test_a_changed_conversation_answers_with_what_it_is_now(harbor, talk):
    answer = begin(harbor, talk, version=7, **HTMX)
    assert answer.status_code == 409
    assert "Active with Ana Ruiz" in text_of(answer)
    assert ledger(harbor, talk) == []


def test_one_at_a_time(harbor, talk):
    other = {"id": [f"{talk.pk}:1", "99:1"]}
    assert harbor.client().post(harbor.url("conversations/monitor/"), other).status_code == 422
    assert harbor.client().get(harbor.url("conversations/monitor/")).status_code == 405


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_it_is_for_supervisors(harbor, talk, member):
    assert begin(harbor, talk, getattr(harbor, member)).status_code == 403
    assert act(harbor, talk, Action.JOIN, getattr(harbor, member)).status_code == 403


def test_without_consent_the_page_says_why_and_shows_nothing(harbor, talk):
    with harbor.scope():
        OrganizationSettings.objects.update(consent_required=True)
    assert begin(harbor, talk).status_code == 403
    text = text_of(page(harbor, talk))
    assert "The customer hasn&#x27;t consented to monitoring." in text
    assert SECRET not in text
    with harbor.scope():
        Conversation.objects.update(monitoring_consent=True)
    assert begin(harbor, talk).status_code == 302


def test_consent_taken_back_hides_the_transcript_at_once(harbor, talk):
    monitor(harbor, talk)
    with harbor.scope():
        OrganizationSettings.objects.update(consent_required=True)
        Conversation.objects.update(monitoring_consent=False)
    assert SECRET not in text_of(page(harbor, talk))


def test_the_toggle_hides_it_at_once(harbor, talk):
    monitor(harbor, talk)
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    text = text_of(page(harbor, talk))
    assert SECRET not in text
    assert "Supervisor Monitor is switched off" in text


# --- The page ---


def test_it_says_who_else_is_monitoring_and_whether_it_is_seen(harbor, talk):
    monitor(harbor, talk)
    monitor(harbor, talk, harbor.second)
    text = text_of(page(harbor, talk))
    assert f"Also monitoring: {harbor.second}." in text
    assert "Ana Ruiz sees it." in text
    with harbor.scope():
        OrganizationSettings.objects.update(representatives_see_monitoring=False)
    assert "Ana Ruiz isn’t told." in text_of(page(harbor, talk))


def test_a_record_is_monitored_without_anything_to_join(harbor):
    with harbor.scope():
        row = factories.make_conversation(channel=Channel.RECORD, status=Status.ACTIVE)
    monitor(harbor, row)
    text = text_of(page(harbor, row))
    assert "A record is read-only" in text
    assert "Join chat" not in text


def test_opening_a_closed_one_shows_its_transcript_and_is_recorded(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.CLOSED)
        factories.make_message(row, SECRET)
    client = harbor.client()
    url = harbor.url(f"conversations/{row.pk}/")
    client.head(url)
    assert ledger(harbor, row) == []
    for _ in range(2):
        assert SECRET in text_of(client.get(url))
    assert [each.assign_reason for each in ledger(harbor, row)] == ["SupervisorReadClosed"]


def test_a_closed_one_stays_shut_without_the_toggle(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.CLOSED)
        factories.make_message(row, SECRET)
        OrganizationSettings.objects.update(toggles=["force_close"])
    assert SECRET not in text_of(page(harbor, row))
    assert ledger(harbor, row) == []


def test_internal_messages_are_set_apart_and_numbers_hidden(harbor, talk):
    with harbor.scope():
        factories.make_message(talk, "My card is 4111 1111 1111 1111")
        factories.make_message(
            talk, "Be kind", author="representative", representative=harbor.ana, visibility="internal"
        )
    monitor(harbor, talk)
    lines = page(harbor, talk).context["talk"]["transcript"]["lines"]
    assert [(line.text, line.internal, line.side) for line in lines] == [
        (SECRET, False, "customer"),
        ("My card is •••• 1111", False, "customer"),
        ("Be kind", True, "service"),
    ]
    assert lines[2].name == "Ana Ruiz"


def test_markup_in_messages_shows_as_text(harbor, talk):
    with harbor.scope():
        factories.make_message(talk, "<img src=x onerror=alert(1)>")
    monitor(harbor, talk)
    assert "<img src=x" not in text_of(page(harbor, talk))


def test_a_long_transcript_is_paged_back(harbor, talk):
    with harbor.scope():
        Message.objects.bulk_create(
            Message(conversation=talk, author="customer", text=f"Line {number}") for number in range(2 * STEP)
        )
    monitor(harbor, talk)
    client = harbor.client()
    shown = client.get(harbor.url(f"conversations/{talk.pk}/")).context["talk"]["transcript"]
    assert [line.text for line in shown["lines"]] == [f"Line {number}" for number in range(STEP, 2 * STEP)]
    older = client.get(shown["older_url"])
    assert [line.text for line in older.context["transcript"]["lines"]] == [f"Line {n}" for n in range(STEP)]
    oldest = client.get(older.context["transcript"]["older_url"])
    assert [line.text for line in oldest.context["transcript"]["lines"]] == [SECRET]
    assert oldest.context["transcript"]["older_url"] == ""


def test_older_lines_are_for_those_who_watch(harbor, summit, talk):
    url = harbor.url(f"conversations/{talk.pk}/transcript/?before=999999999")
    assert harbor.client().get(url).status_code == 403
    assert harbor.client(harbor.scoped).get(url).status_code == 404
    assert harbor.client(harbor.agent).get(url).status_code == 403
    monitor(harbor, talk)
    assert SECRET in text_of(harbor.client().get(url))
    assert SECRET not in text_of(harbor.client(harbor.second).get(url))


@pytest.mark.parametrize("count", [1, 60])
def test_the_page_is_read_in_a_fixed_number_of_queries(harbor, talk, django_assert_num_queries, count):
    with harbor.scope():
        Message.objects.bulk_create(
            Message(conversation=talk, author="supervisor", membership=harbor.second, text="x") for _ in range(count)
        )
        Participant.objects.bulk_create(
            Participant(conversation=talk, mode="consult", membership=each)
            for each in (harbor.second, harbor.scoped)[:count]
        )
    monitor(harbor, talk)
    client = harbor.client()
    client.get(harbor.url("conversations/"))
    with django_assert_num_queries(25):
        client.get(harbor.url(f"conversations/{talk.pk}/"))


# --- What one posts there ---


def test_joining_writing_leaving_and_stopping_answer_with_the_page_as_it_is_now(harbor, talk):
    monitor(harbor, talk)
    answer = act(harbor, talk, Action.JOIN)
    assert "<b>You joined as a consultant.</b> Internal messages are seen by Ana Ruiz only." in text_of(answer)
    composer = answer.context["talk"]["composer"]
    assert composer["chosen"] == "consultant_note"
    act(harbor, talk, Action.CONSULTANT_NOTE, text="Offer a refund.", token="a")
    act(harbor, talk, Action.CONSULTANT_MESSAGE, text="Hello.", token="b")
    assert [line[1:] for line in said(harbor, talk)[-2:]] == [("internal", "Offer a refund."), ("public", "Hello.")]
    assert "Join chat" in text_of(act(harbor, talk, Action.LEAVE))
    assert "You stopped monitoring" in text_of(act(harbor, talk, Action.STOP_MONITORING))


def test_what_is_sent_again_after_a_lost_answer_is_stored_once_and_answered_as_sent(harbor, talk):
    join(harbor, talk)
    for _ in range(2):
        assert act(harbor, talk, Action.CONSULTANT_MESSAGE, text="Hello.", token="a").status_code == 200
    assert [line[2] for line in said(harbor, talk)].count("Hello.") == 1


def test_an_empty_message_is_refused_with_a_sentence(harbor, talk):
    join(harbor, talk)
    answer = act(harbor, talk, Action.CONSULTANT_NOTE, text="  ")
    assert answer.status_code == 422
    assert "Write a message first." in text_of(answer)


def test_in_wrap_up_only_the_internal_choice_is_open(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.WRAP_UP)
    join(harbor, row)
    choices = page(harbor, row).context["talk"]["composer"]["choices"]
    assert [choice["refusal"] for choice in choices] == ["", "The talk is over: internal messages only."]


def test_without_scripts_one_is_led_back_to_the_page(harbor, talk):
    monitor(harbor, talk)
    answer = act(harbor, talk, Action.JOIN, headers={})
    assert (answer.status_code, answer.url) == (302, harbor.url(f"conversations/{talk.pk}/"))
    assert len(consultants(harbor, talk)) == 1


def test_other_verbs_have_no_address_here(harbor, talk):
    for action in (Action.FORCE_CLOSE, Action.REPLY, Action.MONITOR, Action.WATCH):
        assert act(harbor, talk, action).status_code == 404


def test_taking_over_leads_to_the_desk(harbor, talk):
    with harbor.scope():
        harbor.supervisor.roles = ["supervisor", "representative"]
        harbor.supervisor.save()
        factories.make_representative("Sam Park", queues=[harbor.orders], membership=harbor.supervisor)
    assert "Take over" in text_of(page(harbor, talk))
    assert act(harbor, talk, Action.TAKE_OVER)["HX-Redirect"] == harbor.url(f"desk/?c={talk.pk}")
    assert "own conversation" in text_of(page(harbor, talk))


def test_nobody_without_a_profile_is_offered_to_take_over(harbor, talk):
    monitor(harbor, talk)
    assert "Take over" not in text_of(page(harbor, talk))


def test_public_typing_is_told_from_the_composer_internal_typing_never(harbor, talk):
    join(harbor, talk)
    text = text_of(page(harbor, talk))
    assert f'data-typing="{harbor.url(f"conversations/{talk.pk}/typing/")}"' in text
    assert f'data-typing-as="{Action.CONSULTANT_MESSAGE.value}"' in text


def supervisors(cast, conversation):
    found = page(cast, conversation).context["participants"]
    return sorted((person["name"], person["role"]) for person in found if person["role"].startswith("Supervisor"))


def test_who_joined_is_named_once_among_the_participants(harbor, talk):
    join(harbor, talk)
    monitor(harbor, talk, harbor.second)
    me, her = str(harbor.supervisor), str(harbor.second)
    assert supervisors(harbor, talk) == [(her, "Supervisor, monitoring"), (me, "Supervisor, consultant")]
    do(harbor, Action.LEAVE, talk)
    assert supervisors(harbor, talk) == [
        (her, "Supervisor, monitoring"),
        (me, "Supervisor, consultant"),
        (me, "Supervisor, monitoring"),
    ]
