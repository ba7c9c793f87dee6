"""Two supervisors press Assign for one conversation at once, each in a browser and on a connection of their own."""

import pytest

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from conversations.models import Conversation, Offer
from tests import invariants
from tests.bulk_actions.work_item.conftest import open_dialog, press, text
from tests.cast import make_cast
from tests.concurrency import at_once
from tests.factories import make_conversation, make_representative

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.mark.parametrize("_", range(3))
def test_one_assigns_it_and_the_other_is_told_what_it_is_now(_):
    cast = make_cast("harbor")
    with cast.scope():
        row = make_conversation(queue=cast.orders)
        ben = make_representative("Ben Osei", queues=[cast.orders])
    first, second = open_dialog(cast, [row]), open_dialog(cast, [row], member=cast.second)
    answers = at_once(
        cast,
        lambda: press(cast, first, to_person=cast.ana),
        lambda: press(cast, second, to_person=ben, member=cast.second),
    )
    by_status = {answer.status_code: answer for answer in answers}
    assert set(by_status) == {200, 409}, answers
    with cast.scope():
        offer = Offer.objects.select_related("representative").get()
        assert Conversation.objects.get(pk=row.pk).representative_id == offer.representative_id
        said = f"It has changed: it is now Active, awaiting acceptance with {offer.representative.name} in Orders."
        assert said in text(by_status[409])
        told = AuditEvent.objects.filter(conversation_id=row.pk).values_list("action", flat=True)
        assert list(told) == [AuditAction.ASSIGNED_TO_REPRESENTATIVE]
        invariants.assert_all()


def test_a_queue_and_a_representative_at_once():
    cast = make_cast("harbor")
    with cast.scope():
        row = make_conversation(queue=cast.orders)
    first, second = open_dialog(cast, [row]), open_dialog(cast, [row], member=cast.second)
    answers = at_once(
        cast,
        lambda: press(cast, first, to_queue=cast.refunds),
        lambda: press(cast, second, to_person=cast.ana, member=cast.second),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409], answers
    with cast.scope():
        assert AuditEvent.objects.filter(conversation_id=row.pk).count() == 1
        invariants.assert_all()
