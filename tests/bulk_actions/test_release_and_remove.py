"""Release and Remove over HTTP: what their dialogs say, what they do, and to what they are refused."""

import re

import pytest

from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import Membership, OrganizationSettings
from conversations.models import Conversation, Notification, RecordItem
from conversations.states import Status, StatusReason
from routing.kinds import Channel, Kind
from tests import invariants
from tests.bulk_actions.conftest import HTMX, chosen
from tests.factories import make_conversation, make_conversations, make_queue, make_work_stream

BOTH = pytest.mark.parametrize("action", ["release", "remove"])


def post(cast, path, data=None, member=None):
    return cast.client(member).post(cast.url(f"conversations/actions/{path}"), data or {}, headers=HTMX)


def text(response):
    """What a person reads: tags away, white space in one."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def key_of(response):
    return re.search(r'name="run_key" value="([^"]+)"', response.content.decode())[1]


def open_dialog(cast, action, conversations, member=None):
    response = post(cast, f"{action}/", chosen(conversations), member)
    assert response.status_code == 200, text(response)
    return key_of(response)


def proceed(cast, action, key, member=None, **more):
    reason = {"reason": "Handled in the shop"} if action == "remove" else {}
    return post(cast, f"{action}/start/", {"run_key": key, **reason, **more}, member)


def now(cast, conversation):
    with cast.scope():
        return Conversation.objects.select_related("representative", "queue", "record").get(pk=conversation.pk)


@pytest.fixture
def held(harbor):
    """A record that Ana works on."""
    with harbor.scope():
        queue = make_queue("Cases", kind=Kind.RECORD)
        make_work_stream(Channel.RECORD, queue=queue)
        return make_conversation(
            channel=Channel.RECORD,
            queue=queue,
            status=Status.ACTIVE,
            representative=harbor.ana,
            subject="Torn awning",
        )


# --- Release ---


def test_the_dialog_of_release_says_what_follows(harbor, held):
    words = text(post(harbor, "release/", chosen([held])))
    assert f"Release C-{held.pk}" in words
    assert "“Torn awning” will be released." in words
    assert "It goes back to its queue Cases for anyone to pick; Ana Ruiz is told." in words
    assert words.endswith("Cancel Release")


def test_a_released_record_is_open_in_its_queue_and_the_representative_is_told(harbor, held):
    response = proceed(harbor, "release", open_dialog(harbor, "release", [held]))
    assert text(response) == f"C-{held.pk} released to its queue · Bulk action status"
    row = now(harbor, held)
    assert (row.status, row.representative, row.queue_id) == (Status.OPEN, None, held.queue_id)
    with harbor.scope():
        harbor.ana.refresh_from_db()
        assert harbor.ana.units_used == 0
        notification = Notification.objects.get()
        assert (notification.membership_id, notification.kind) == (harbor.agent.pk, "released")
        assert [event.membership_id for event in AuditEvent.objects.filter(action=AuditAction.RELEASED)] == [
            harbor.supervisor.pk
        ]
        invariants.assert_all()


# --- Remove ---


@pytest.mark.parametrize(("record_type", "word"), [("case", "case"), ("email", "e-mail"), ("activity", "activity")])
def test_the_dialog_of_remove_says_what_follows(harbor, held, record_type, word):
    with harbor.scope():
        RecordItem.objects.update(record_type=record_type)
    words = text(post(harbor, "remove/", chosen([held])))
    assert f"It leaves the queue and this list; the {word} itself stays untouched." in words
    assert "Ana Ruiz is told." in words
    assert words.endswith("Cancel Remove")


def test_a_removed_record_is_closed_and_the_case_stays_as_it_was(harbor, held):
    with harbor.scope():
        before = RecordItem.objects.values().get()
    response = proceed(harbor, "remove", open_dialog(harbor, "remove", [held]), reason="  Handled in the shop ")
    assert text(response) == f"C-{held.pk} removed from its queue · Bulk action status"
    row = now(harbor, held)
    assert (row.status, row.status_reason, row.is_abandoned) == (Status.CLOSED, StatusReason.REMOVED, False)
    with harbor.scope():
        harbor.ana.refresh_from_db()
        assert harbor.ana.units_used == 0
        assert RecordItem.objects.values().get() == before
        assert Notification.objects.get().kind == "removed"
        run = BulkAction.objects.get()
        assert (run.status, run.parameters) == (RunStatus.COMPLETED, {"reason": "Handled in the shop"})
        invariants.assert_all()
    page = text(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))
    assert "Handled in the shop" in page
    assert held.pk not in shown(harbor)


def shown(cast):
    response = cast.client().get(cast.url("conversations/records/"))
    return [int(row.id) for row in response.context["rows"]]


def test_an_open_record_that_nobody_holds_is_removed_and_nobody_told(harbor, held):
    with harbor.scope():
        lonely = make_conversation(channel=Channel.RECORD, queue=held.queue)
    key = open_dialog(harbor, "remove", [lonely])
    assert "is told" not in text(post(harbor, "remove/", chosen([lonely])))
    assert proceed(harbor, "remove", key).status_code == 200
    assert now(harbor, lonely).status == Status.CLOSED
    with harbor.scope():
        assert not Notification.objects.exists()


def test_the_audit_log_keeps_ids_and_states_not_the_reason(harbor, held):
    proceed(harbor, "remove", open_dialog(harbor, "remove", [held]), reason="Rude caller")
    with harbor.scope():
        events = list(AuditEvent.objects.values("action", "before", "after"))
    assert "Rude" not in str(events)
    assert AuditAction.REMOVED in {event["action"] for event in events}


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "Say why it is removed."),
        ("   ", "Say why it is removed."),
        ("x" * 251, "The reason is longer than 250 characters. Shorten it."),
        ("a\0b", "Null characters are not allowed."),
    ],
)
def test_a_missing_or_endless_reason_keeps_everything_in_the_dialog(harbor, held, reason, sentence):
    key = open_dialog(harbor, "remove", [held])
    response = proceed(harbor, "remove", key, reason=reason)
    assert response.status_code == 422
    assert sentence in text(response)
    assert now(harbor, held).status == Status.ACTIVE
    assert proceed(harbor, "remove", key).status_code == 200


def test_formulas_and_markup_in_the_reason_show_as_text(harbor, held):
    typed = '=1+1 <script>alert("x")</script>'
    key = open_dialog(harbor, "remove", [held])
    refused = proceed(harbor, "remove", key, reason=typed + "x" * 250)
    assert "<script>alert" not in refused.content.decode()
    proceed(harbor, "remove", key, reason=typed)
    with harbor.scope():
        run = BulkAction.objects.get()
    page = harbor.client().get(harbor.url(f"action-history/{run.pk}/")).content.decode()
    assert "=1+1 &lt;script&gt;" in page
    assert "<script>alert" not in page


# --- Both ---


@BOTH
def test_a_repeated_click_does_it_once(harbor, held, action):
    key = open_dialog(harbor, action, [held])
    answers = [proceed(harbor, action, key) for _ in range(2)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    with harbor.scope():
        assert AuditEvent.objects.filter(conversation_id=held.pk).count() == 1


@BOTH
def test_what_is_no_record_is_refused_with_the_reason(harbor, action):
    with harbor.scope():
        chat = make_conversation(queue=harbor.orders, status=Status.ACTIVE)
    words = text(post(harbor, f"{action}/", chosen([chat])))
    assert "This is for records only." in words
    assert words.endswith("Close")


@BOTH
def test_several_at_once_are_refused_with_the_reason(harbor, held, action):
    with harbor.scope():
        more = make_conversations(2, channel=Channel.RECORD, queue=held.queue)
    words = text(post(harbor, f"{action}/", chosen([held, *more])))
    assert "This is done for one conversation at a time." in words
    assert words.endswith("Close")


def test_a_record_that_nobody_holds_is_not_released(harbor, held):
    with harbor.scope():
        lonely = make_conversation(channel=Channel.RECORD, queue=held.queue)
    words = text(post(harbor, "release/", chosen([lonely])))
    assert "It is open and nobody is assigned." in words
    assert words.endswith("Close")


@BOTH
def test_a_closed_record_is_refused(harbor, held, action):
    with harbor.scope():
        closed = make_conversation(channel=Channel.RECORD, queue=held.queue, status=Status.CLOSED)
    assert "It is already closed." in text(post(harbor, f"{action}/", chosen([closed])))


@BOTH
def test_one_that_changed_after_the_preview_answers_409_with_what_it_is_now(harbor, held, action):
    key = open_dialog(harbor, action, [held])
    with harbor.scope():
        Conversation.objects.filter(pk=held.pk).update(version=9)
    response = proceed(harbor, action, key)
    assert response.status_code == 409
    assert "it is now Active with Ana Ruiz in Cases" in text(response)
    assert proceed(harbor, action, key_of(response)).status_code == 200


@BOTH
def test_no_toggle_binds_it_and_api_access_does(harbor, held, action):
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    key = open_dialog(harbor, action, [held])
    with harbor.scope():
        Membership.objects.filter(pk=harbor.supervisor.pk).update(api_access=True)
    response = proceed(harbor, action, key)
    assert response.status_code == 403
    assert "Members with API access can't take supervisor actions." in text(response)
    with harbor.scope():
        Membership.objects.filter(pk=harbor.supervisor.pk).update(api_access=False)
    assert proceed(harbor, action, open_dialog(harbor, action, [held])).status_code == 200


@BOTH
def test_who_is_no_supervisor_is_refused(harbor, held, action):
    for member in (harbor.admin, harbor.auditor, harbor.agent):
        for path in (f"{action}/", f"{action}/start/"):
            assert post(harbor, path, chosen([held]), member).status_code == 403


@BOTH
def test_what_is_foreign_or_out_of_scope_is_not_found(harbor, summit, held, action):
    assert post(harbor, f"{action}/", chosen([held]), summit.supervisor).status_code == 404
    for cast, member in ((summit, None), (harbor, harbor.scoped)):
        words = text(post(cast, f"{action}/", chosen([held]), member))
        assert "Not found, or not in your queues." in words
        assert "Torn awning" not in words
    key = open_dialog(harbor, action, [held])
    assert proceed(summit, action, key).status_code == 404
    assert now(harbor, held).status == Status.ACTIVE


def test_both_stand_in_the_menu_of_each_list_and_of_the_conversation(harbor, held):
    with harbor.scope():
        chat = make_conversation(queue=harbor.orders)
    client = harbor.client()

    def menu(path: str) -> dict[str, tuple[bool, str]]:
        more = client.get(harbor.url(path)).context["more_commands"]
        return {each["name"]: (each["enabled"], each["reason"]) for each in more}

    for path in ("conversations/", "conversations/records/", f"conversations/{held.pk}/"):
        commands = menu(path)
        assert [commands[name][0] for name in ("release", "remove")] == [True, True], path
    commands = menu(f"conversations/{chat.pk}/")
    assert commands["release"] == commands["remove"] == (False, "This is for records only.")


def test_the_summary_tells_what_can_be_done_to_one_record(harbor, held):
    url = harbor.url("conversations/selection-summary/?list=records")
    words = text(harbor.client().post(url, chosen([held])))
    assert "1 can be released" in words
    assert "1 can be removed" in words
