"""The dialog of a force close over HTTP: preview, Proceed, and who may do either."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import Membership, OrganizationSettings
from conversations.models import Conversation, ForceCloseReason
from conversations.states import Status
from routing.kinds import Channel
from tests.bulk_actions.conftest import HTMX, chosen, fresh, outcomes, work
from tests.factories import make_conversation, make_conversations

PREVIEW, START = "conversations/actions/force_close/", "conversations/actions/force_close/start/"


def post(cast, path, data=None, member=None):
    return cast.client(member).post(cast.url(path), data or {}, headers=HTMX)


def text(response):
    """What a person reads: tags away, white space in one."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def open_dialog(cast, conversations, member=None):
    """Preview; the key of the run behind the dialog."""
    response = post(cast, PREVIEW, chosen(conversations), member)
    assert response.status_code == 200, text(response)
    return re.search(r'name="run_key" value="([^"]+)"', response.content.decode())[1]


def proceed(cast, key, member=None, **more):
    return post(cast, START, {"run_key": key, "reason": cast.reason.pk, "note": "", **more}, member)


def only_run(cast):
    with cast.scope():
        return BulkAction.objects.exclude(status=RunStatus.PREVIEWED).get()


def status_of(cast, conversation):
    with cast.scope():
        return Conversation.objects.get(pk=conversation.pk).status


# --- Preview ---


def test_the_dialog_says_the_numbers_first_and_names_reasons(harbor):
    with harbor.scope():
        conversations = [
            *make_conversations(3),
            make_conversation(status=Status.CLOSED, subject="Lost parcel"),
            make_conversation(channel=Channel.VOICE),
        ]
    response = post(harbor, PREVIEW, chosen(conversations))
    words = text(response)
    assert "Force close 5 conversations" in words
    assert "3 will be closed. 2 won’t." in words
    assert "1 It is already closed. " in words
    assert "1 Voice calls are handled one by one." in words
    assert "Lost parcel" in words
    assert "Outage resolved" in words
    assert "Proceed with 3" in words


def test_the_dialog_for_one_names_it(harbor):
    with harbor.scope():
        conversation = make_conversation(subject="Where is my parcel?")
    words = text(post(harbor, PREVIEW, chosen([conversation])))
    assert f"Force close C-{conversation.pk}" in words
    assert "“Where is my parcel?” will be closed." in words
    assert words.endswith("Cancel Proceed")


def test_one_that_changed_since_it_was_seen_is_shown_as_it_is_now(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders, version=4)
    response = post(harbor, PREVIEW, {"id": [f"{conversation.pk}:3"]})
    assert "It has changed since you selected it. It is now Open in Orders." in text(response)


def test_proceed_is_not_offered_when_nothing_can_be_closed(harbor):
    with harbor.scope():
        conversations = make_conversations(2, status=Status.CLOSED)
    words = text(post(harbor, PREVIEW, chosen(conversations)))
    assert "0 will be closed. 2 won’t." in words
    assert "It is already closed." in words
    assert "Proceed" not in words


def test_a_foreign_conversation_cannot_be_told_from_an_absent_one(harbor, summit):
    with summit.scope():
        foreign = make_conversation(subject="Secret of Summit")
    for asked in ([f"{foreign.pk}:1"], ["999999999:1"]):
        words = text(post(harbor, PREVIEW, {"id": asked}))
        assert "This conversation can’t be closed." in words
        assert "1 Not found, or not in your queues." in words
        assert "Proceed" not in words
        assert "Secret" not in words


def test_more_than_a_thousand_matching_are_never_cut_silently(harbor):
    with harbor.scope():
        make_conversations(1_001, queue=harbor.orders)
    query = f"queue={harbor.orders.pk}"
    response = post(harbor, PREVIEW, {"all": "1", "query": query})
    words = text(response)
    assert "1,001 conversations match; at most 1,000 can be closed at once." in words
    assert "Go back" in words
    assert f'name="query" value="{query}"' in response.content.decode()
    with harbor.scope():
        assert not BulkAction.objects.exists()
    first = post(harbor, PREVIEW, {"all": "1", "query": query, "first": "1000"})
    assert "Proceed with 1,000" in text(first)


def test_a_selection_that_cannot_be_read_is_refused(harbor):
    for data in ({}, {"id": ["abc"]}, {"id": ["1:2:3"]}):
        assert post(harbor, PREVIEW, data).status_code == 422


def test_without_reasons_the_dialog_says_what_to_do(harbor):
    with harbor.scope():
        ForceCloseReason.objects.update(is_active=False)
        conversation = make_conversation()
    assert "Ask an administrator to add one." in text(post(harbor, PREVIEW, chosen([conversation])))


# --- Proceed with many ---


def test_proceed_queues_the_run_and_leads_to_it(harbor):
    with harbor.scope():
        conversations = make_conversations(3)
    response = proceed(harbor, open_dialog(harbor, conversations), note="Storm")
    run = only_run(harbor)
    assert (run.status, run.created_by_id, run.recipients) == (RunStatus.QUEUED, harbor.supervisor.pk, 3)
    assert run.parameters == {"reason": harbor.reason.pk, "reason_label": "Outage resolved", "note": "Storm"}
    assert response["HX-Trigger"] == '{"selection:clear": {}}'
    assert text(response) == "Force close started · Bulk action status"
    assert harbor.url(f"action-history/{run.pk}/") in response.content.decode()
    assert work(harbor, run).status == RunStatus.COMPLETED


def test_a_repeated_proceed_answers_the_same_and_starts_nothing(harbor):
    with harbor.scope():
        conversations = make_conversations(2)
    key = open_dialog(harbor, conversations)
    answers = [proceed(harbor, key) for _ in range(2)]
    work(harbor, only_run(harbor))
    answers.append(proceed(harbor, key))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    with harbor.scope():
        assert AuditEvent.objects.filter(action=AuditAction.RUN_STARTED).count() == 1
        assert AuditEvent.objects.filter(action=AuditAction.FORCE_CLOSED).count() == 2


@pytest.mark.parametrize("reason", ["", "0", "abc", "99999999"])
def test_a_missing_reason_keeps_everything_in_the_dialog(harbor, reason):
    with harbor.scope():
        conversations = make_conversations(2)
    key = open_dialog(harbor, conversations)
    response = proceed(harbor, key, reason=reason, note="Typed <already>")
    assert response.status_code == 422
    assert re.search("Choose a reason.|no longer offered", text(response))
    assert 'value="Typed &lt;already&gt;"' in response.content.decode()
    assert f'value="{key}"' in response.content.decode()
    assert "Proceed with 2" in text(response)
    assert proceed(harbor, key).status_code == 200


def test_a_reason_of_another_organization_is_unknown(harbor, summit):
    with harbor.scope():
        conversations = make_conversations(2)
    assert proceed(harbor, open_dialog(harbor, conversations), reason=summit.reason.pk).status_code == 422


def test_only_the_person_who_previewed_may_proceed(harbor):
    with harbor.scope():
        conversations = make_conversations(2)
    key = open_dialog(harbor, conversations)
    response = proceed(harbor, key, harbor.second)
    assert response.status_code == 403
    assert "Only the person who opened this preview" in text(response)
    assert proceed(harbor, key).status_code == 200


def test_an_old_preview_is_refused_with_a_sentence(harbor):
    with harbor.scope():
        conversations = make_conversations(2)
    key = open_dialog(harbor, conversations)
    with harbor.scope():
        BulkAction.objects.update(created_at=timezone.now() - timedelta(hours=2, minutes=1))
    response = proceed(harbor, key)
    assert response.status_code == 409
    assert "This preview is more than two hours old." in text(response)
    assert status_of(harbor, conversations[0]) == Status.OPEN


@pytest.mark.parametrize("key", ["", "abc", "00000000-0000-4000-8000-000000000000"])
def test_a_key_that_was_never_given_out_starts_nothing(harbor, key):
    assert proceed(harbor, key).status_code == 404


def test_a_preview_without_anything_eligible_cannot_be_proceeded_with(harbor):
    with harbor.scope():
        conversations = make_conversations(2, status=Status.CLOSED)
    response = proceed(harbor, open_dialog(harbor, conversations))
    assert response.status_code == 403
    with harbor.scope():
        assert not BulkAction.objects.exclude(status=RunStatus.PREVIEWED).exists()


# --- Proceed with one ---


def test_one_is_closed_at_once_and_stands_in_the_history(harbor):
    with harbor.scope():
        conversation = make_conversation()
    response = proceed(harbor, open_dialog(harbor, [conversation]))
    assert text(response) == f"C-{conversation.pk} force closed · Bulk action status"
    assert status_of(harbor, conversation) == Status.CLOSED
    run = only_run(harbor)
    assert (run.status, run.single, run.succeeded, run.total) == (RunStatus.COMPLETED, True, 1, 1)
    with harbor.scope():
        assert AuditEvent.objects.filter(operation_id=run.key).count() == 3


def test_one_that_changed_after_the_preview_answers_409_with_what_it_is_now(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders)
    key = open_dialog(harbor, [conversation])
    with harbor.scope():
        Conversation.objects.filter(pk=conversation.pk).update(version=2, queue_id=harbor.refunds.pk)
    response = proceed(harbor, key, note="Kept")
    assert response.status_code == 409
    assert "it is now Open in Refunds" in text(response)
    assert 'value="Kept"' in response.content.decode()
    assert status_of(harbor, conversation) == Status.OPEN
    # The dialog now stands on the conversation as it is, so a second Proceed does it.
    again = re.search(r'name="run_key" value="([^"]+)"', response.content.decode())[1]
    assert again != key
    assert proceed(harbor, again).status_code == 200
    assert status_of(harbor, conversation) == Status.CLOSED


def test_one_that_was_closed_meanwhile_answers_409_without_proceed(harbor):
    with harbor.scope():
        conversation = make_conversation()
    keys = [open_dialog(harbor, [conversation], member) for member in (harbor.supervisor, harbor.second)]
    assert proceed(harbor, keys[0]).status_code == 200
    late = proceed(harbor, keys[1], harbor.second)
    assert late.status_code == 409
    assert "it is now Closed" in text(late)
    assert "Proceed" not in text(late)
    with harbor.scope():
        assert AuditEvent.objects.filter(action=AuditAction.FORCE_CLOSED).count() == 1


def test_a_toggle_switched_off_after_the_preview_refuses_one(harbor):
    with harbor.scope():
        conversation = make_conversation()
    key = open_dialog(harbor, [conversation])
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    response = proceed(harbor, key)
    assert response.status_code == 403
    assert "Force Close is switched off in your organization." in text(response)
    assert status_of(harbor, conversation) == Status.OPEN


def test_one_call_is_closed_singly(harbor):
    with harbor.scope():
        call = make_conversation(channel=Channel.VOICE)
    assert proceed(harbor, open_dialog(harbor, [call])).status_code == 200
    assert outcomes(harbor, only_run(harbor)) == {call.pk: ("succeeded", "")}


# --- Who may ---


@pytest.mark.parametrize("path", [PREVIEW, START])
def test_only_supervisors_reach_the_dialog(harbor, path):
    for member in (harbor.admin, harbor.auditor, harbor.agent):
        assert post(harbor, path, member=member).status_code == 403


@pytest.mark.parametrize("path", [PREVIEW, START])
def test_reading_an_action_address_does_nothing(harbor, path):
    assert harbor.client().get(harbor.url(path)).status_code == 405


def test_a_member_with_api_access_sees_why_not(harbor):
    with harbor.scope():
        Membership.objects.filter(pk=harbor.supervisor.pk).update(api_access=True)
        conversations = make_conversations(2)
    words = text(post(harbor, PREVIEW, chosen(conversations)))
    assert "Members with API access can't take supervisor actions." in words.replace("&#x27;", "'")
    assert "Proceed" not in words


def test_a_run_of_another_organization_cannot_be_proceeded_with(harbor, summit):
    with summit.scope():
        conversations = make_conversations(2)
    key = open_dialog(summit, conversations)
    assert proceed(harbor, key).status_code == 404
    with summit.scope():
        run = BulkAction.objects.get(key=key)
    assert fresh(summit, run).status == RunStatus.PREVIEWED
