"""The second supervisor: when one is needed, who may decide, and what becomes of the run."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from bulk_actions import sweeping
from bulk_actions.coverage import supervisors_covering
from bulk_actions.limits import APPROVAL_EXPIRES
from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import Membership, OrganizationSettings
from contact_center.tenancy.roles import Role
from conversations.models import Conversation, Notification
from conversations.rules import Action
from conversations.states import Status
from tests.bulk_actions.conftest import chosen, fresh, outcomes, work
from tests.bulk_actions.test_views import PREVIEW, only_run, open_dialog, post, proceed, status_of, text
from tests.cast import make_cast
from tests.factories import make_conversation, make_conversations, make_member


def require_approval(cast, **policy):
    with cast.scope():
        OrganizationSettings.objects.update(**(policy or {"approval_actions": [Action.FORCE_CLOSE.value]}))


def submitted(cast, conversations, member=None):
    """A run that was proceeded with and waits for a second supervisor."""
    assert proceed(cast, open_dialog(cast, conversations, member), member).status_code == 200
    return only_run(cast)


def decide(cast, run, how, member, **data):
    return post(cast, f"action-history/{run.pk}/{how}/", data, member)


def told(cast, kind):
    with cast.scope():
        return sorted(Notification.objects.filter(kind=kind, dismissed_at=None).values_list("membership_id", flat=True))


def audited(cast, action, run):
    with cast.scope():
        return AuditEvent.objects.filter(action=action, operation_id=run.key).count()


@pytest.fixture
def waiting(harbor):
    """Three conversations in two queues, of which one is closed already; the run waits for approval."""
    require_approval(harbor)
    with harbor.scope():
        conversations = [
            make_conversation(queue=harbor.orders),
            make_conversation(queue=harbor.refunds),
            make_conversation(queue=harbor.orders, status=Status.CLOSED),
        ]
    return submitted(harbor, conversations)


# --- When ---


def test_without_a_policy_nothing_waits(harbor):
    with harbor.scope():
        conversations = make_conversations(2)
    assert submitted(harbor, conversations).status == RunStatus.QUEUED


@pytest.mark.parametrize(("number", "status"), [(2, RunStatus.QUEUED), (3, RunStatus.AWAITING_APPROVAL)])
def test_above_a_number_of_conversations(harbor, number, status):
    require_approval(harbor, approval_above=2)
    with harbor.scope():
        conversations = make_conversations(number)
    assert submitted(harbor, conversations).status == status


def test_what_will_not_be_done_does_not_count(harbor):
    require_approval(harbor, approval_above=2)
    with harbor.scope():
        conversations = [*make_conversations(2), *make_conversations(3, status=Status.CLOSED)]
    assert submitted(harbor, conversations).status == RunStatus.QUEUED


def test_another_action_than_the_chosen_one_does_not_wait(harbor):
    require_approval(harbor, approval_actions=[Action.NOTIFY.value])
    with harbor.scope():
        conversations = make_conversations(2)
    assert submitted(harbor, conversations).status == RunStatus.QUEUED


def test_a_single_action_of_a_chosen_kind_waits_too(harbor):
    require_approval(harbor)
    with harbor.scope():
        conversation = make_conversation()
    run = submitted(harbor, [conversation])
    assert (run.status, status_of(harbor, conversation)) == (RunStatus.AWAITING_APPROVAL, Status.OPEN)
    assert decide(harbor, run, "approve", harbor.second).status_code == 200
    assert work(harbor, run).status == RunStatus.COMPLETED
    assert status_of(harbor, conversation) == Status.CLOSED


# --- What is said ---


def test_the_dialog_says_beforehand_that_approval_will_be_needed(harbor):
    require_approval(harbor)
    with harbor.scope():
        conversations = make_conversations(2)
    words = text(post(harbor, PREVIEW, chosen(conversations)))
    assert "Another supervisor has to approve this within 60 minutes; nothing happens before." in words
    assert "nobody else may" not in words


def test_the_dialog_says_when_nobody_else_may_approve(harbor):
    require_approval(harbor)
    with harbor.scope():
        Membership.objects.filter(pk=harbor.second.pk).update(api_access=True)
        conversations = make_conversations(2, queue=harbor.orders)
    assert "At the moment nobody else may" in text(post(harbor, PREVIEW, chosen(conversations)))


def test_proceed_says_that_it_was_sent(harbor):
    require_approval(harbor)
    with harbor.scope():
        conversations = make_conversations(2)
    key = open_dialog(harbor, conversations)
    answers = [text(proceed(harbor, key)) for _ in range(2)]
    assert answers == ["Sent for approval · Bulk action status"] * 2


def test_everybody_who_may_decide_is_told_once(harbor, waiting):
    """Not the requester, nobody whose queues don't cover all of it, nobody who is no supervisor."""
    assert told(harbor, "approval") == [harbor.second.pk]


def test_a_scope_that_covers_the_whole_selection_is_enough(harbor):
    require_approval(harbor)
    with harbor.scope():
        conversations = make_conversations(2, queue=harbor.refunds)
    submitted(harbor, conversations)
    assert told(harbor, "approval") == sorted([harbor.second.pk, harbor.scoped.pk])


def test_the_question_leads_to_the_run(harbor, waiting):
    page = harbor.client(harbor.second).get(harbor.url("notifications/")).content.decode()
    assert harbor.url(f"action-history/{waiting.pk}/") in page


def test_the_page_shows_the_preview_with_the_decision(harbor, waiting):
    words = text(harbor.client(harbor.second).get(harbor.url(f"action-history/{waiting.pk}/")))
    assert "Awaiting approval 2 will be closed. 1 won’t." in words
    assert "Approve" in words
    assert "Reject" in words
    assert "1 Skipped: It is already closed." in words


@pytest.mark.parametrize("who", ["supervisor", "scoped", "auditor", "admin"])
def test_the_page_offers_no_decision_to_others(harbor, waiting, who):
    page = harbor.client(getattr(harbor, who)).get(harbor.url(f"action-history/{waiting.pk}/")).content.decode()
    assert f"{waiting.pk}/approve/" not in page
    assert "has to approve this until" in page


# --- Deciding ---


def test_approved_runs_with_the_requesters_name(harbor, waiting):
    assert decide(harbor, waiting, "approve", harbor.second).status_code == 200
    run = work(harbor, waiting)
    assert (run.status, run.succeeded, run.skipped) == (RunStatus.COMPLETED, 2, 1)
    assert (run.created_by_id, run.decided_by_id) == (harbor.supervisor.pk, harbor.second.pk)
    assert audited(harbor, AuditAction.RUN_SUBMITTED, run) == 1
    assert audited(harbor, AuditAction.RUN_APPROVED, run) == 1
    assert (told(harbor, "approval"), told(harbor, "approval_decided")) == ([], [harbor.supervisor.pk])


def test_rejected_changes_nothing_and_says_why(harbor, waiting):
    assert decide(harbor, waiting, "reject", harbor.second, reason="Wait for the press office").status_code == 200
    run = fresh(harbor, waiting)
    assert (run.status, run.decision_reason) == (RunStatus.REJECTED, "Wait for the press office")
    assert (run.succeeded, run.skipped, run.failed) == (0, 3, 0)
    assert {outcome for outcome, _ in outcomes(harbor, run).values()} == {"skipped"}
    assert audited(harbor, AuditAction.RUN_REJECTED, run) == 1
    assert told(harbor, "approval_decided") == [harbor.supervisor.pk]
    with harbor.scope():
        assert Conversation.objects.filter(status=Status.OPEN).count() == 2
    words = text(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))
    assert "Rejected. Nothing was changed." in words
    assert "Wait for the press office" in words


@pytest.mark.parametrize("reason", ["", "  \x00 ", "x" * 201])
def test_a_rejection_needs_a_reason(harbor, waiting, reason):
    assert decide(harbor, waiting, "reject", harbor.second, reason=reason).status_code == 422
    assert fresh(harbor, waiting).status == RunStatus.AWAITING_APPROVAL


@pytest.mark.parametrize("how", ["approve", "reject"])
@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("supervisor", "Nobody approves their own run."),
        ("scoped", "The run covers queues that you don’t see."),
        ("auditor", "This page is for supervisors."),
        ("admin", "This page is for supervisors."),
        ("agent", "This page is for supervisors."),
    ],
)
def test_who_may_not_decide_is_told_why(harbor, waiting, how, who, sentence):
    response = decide(harbor, waiting, how, getattr(harbor, who), reason="No")
    assert response.status_code == 403
    assert sentence in text(response)
    assert fresh(harbor, waiting).status == RunStatus.AWAITING_APPROVAL


def test_rights_are_checked_again_at_the_approval(harbor, waiting):
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=[])
    response = decide(harbor, waiting, "approve", harbor.second)
    assert (response.status_code, fresh(harbor, waiting).status) == (403, RunStatus.AWAITING_APPROVAL)
    assert "Force Close is switched off" in text(response)


def test_the_requesters_rights_are_checked_again_when_it_runs(harbor, waiting):
    decide(harbor, waiting, "approve", harbor.second)
    with harbor.scope():
        Membership.objects.filter(pk=harbor.supervisor.pk).update(is_active=False)
    run = work(harbor, waiting)
    assert (run.succeeded, run.status) == (0, RunStatus.FAILED)


@pytest.mark.parametrize("how", ["approve", "reject"])
def test_a_second_click_changes_nothing(harbor, waiting, how):
    for _ in range(2):
        assert decide(harbor, waiting, how, harbor.second, reason="No").status_code == 200
    assert audited(harbor, AuditAction.RUN_APPROVED, waiting) + audited(harbor, AuditAction.RUN_REJECTED, waiting) == 1


def test_who_comes_second_is_told_what_it_is_now(harbor, waiting):
    with harbor.scope():
        third = make_member("third@harbor.example", Role.SUPERVISOR)
    decide(harbor, waiting, "approve", harbor.second)
    response = decide(harbor, waiting, "reject", third, reason="No")
    assert response.status_code == 409
    assert "it is now Queued" in text(response)


def test_a_decision_on_a_run_that_needs_none_is_refused(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
    assert decide(harbor, run, "approve", harbor.second).status_code == 409


def test_a_foreign_run_is_not_found(harbor, summit, waiting):
    for how in ("approve", "reject", "cancel", "retry"):
        assert decide(summit, waiting, how, summit.supervisor, reason="No").status_code == 404
    assert fresh(harbor, waiting).status == RunStatus.AWAITING_APPROVAL


# --- Waiting too long, and taking it back ---


def test_it_expires_after_an_hour(harbor, waiting):
    sweeping.expire_approvals()
    assert fresh(harbor, waiting).status == RunStatus.AWAITING_APPROVAL
    with harbor.scope():
        BulkAction.objects.update(started_at=timezone.now() - APPROVAL_EXPIRES - timedelta(seconds=1))
    late = decide(harbor, waiting, "approve", harbor.second)
    assert late.status_code == 409
    for _ in range(2):
        sweeping.expire_approvals()
    run = fresh(harbor, waiting)
    assert (run.status, run.skipped) == (RunStatus.EXPIRED, 3)
    assert audited(harbor, AuditAction.RUN_EXPIRED, run) == 1
    assert told(harbor, "approval_decided") == [harbor.supervisor.pk]


def test_its_person_may_take_it_back(harbor, waiting):
    assert told(harbor, "approval")
    assert post(harbor, f"action-history/{waiting.pk}/cancel/").status_code == 200
    assert told(harbor, "approval") == [], "nothing is left to decide"
    run = fresh(harbor, waiting)
    assert (run.status, run.skipped, run.ended_at is None) == (RunStatus.CANCELLED, 3, False)
    assert decide(harbor, run, "approve", harbor.second).status_code == 409
    assert work(harbor, run).succeeded == 0


def test_a_colleague_who_takes_it_back_is_named_to_its_person(harbor, waiting):
    assert post(harbor, f"action-history/{waiting.pk}/cancel/", {}, harbor.second).status_code == 200
    assert told(harbor, "run_cancelled") == [harbor.supervisor.pk]
    with harbor.scope():
        assert "Nothing of it was done." in Notification.objects.get(kind="run_cancelled").text


def test_asking_reads_the_same_number_of_rows_for_many_supervisors(harbor, django_assert_num_queries):
    require_approval(harbor)
    with harbor.scope():
        run = submitted(harbor, make_conversations(2))
        for name in ("more", "others"):
            with django_assert_num_queries(4):
                list(supervisors_covering(run))
            make_member(f"{name}@harbor.example", Role.SUPERVISOR, queues=[harbor.refunds])


# --- At once ---


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize("decisions", [("approve", "approve"), ("approve", "reject"), ("reject", "reject")])
def test_of_two_at_once_one_decides(decisions):
    """Real connections: two supervisors, and the same one twice."""
    cast = make_cast("harbor")
    require_approval(cast)
    with cast.scope():
        third = make_member("third@harbor.example", Role.SUPERVISOR)
        conversations = make_conversations(2)
    run = submitted(cast, conversations)

    def click(how, member):
        try:
            return decide(cast, run, how, member, reason="No").status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        people = (cast.second, third, cast.second, third)
        answers = list(pool.map(click, (*decisions, *decisions), people))
    assert set(answers) <= {200, 409}
    assert 200 in answers
    assert audited(cast, AuditAction.RUN_APPROVED, run) + audited(cast, AuditAction.RUN_REJECTED, run) == 1
    assert len(told(cast, "approval_decided")) == 1
