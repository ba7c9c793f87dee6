"""Raise hand at the desk: the dialog with its note, the hand that is up, and lowering it."""

import pytest

from conversations.models import Conversation
from conversations.states import Status
from tests import factories

HTMX = {"HX-Request": "true"}


@pytest.fixture
def held(harbor):
    with harbor.scope():
        return factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)


def dialog(cast, row, member=None):
    return cast.client(member or cast.agent).get(cast.url(f"desk/conversations/{row.pk}/hand/"))


def act(cast, row, action, member=None, **data):
    url = cast.url(f"desk/conversations/{row.pk}/{action}/")
    data = {"version": row.version, "c": row.pk} | data
    return cast.client(member or cast.agent).post(url, data, headers=HTMX)


def desk(cast, row):
    return cast.client(cast.agent).get(cast.url(f"desk/?c={row.pk}")).context["parts"]["conversation"]


def test_a_hand_goes_up_with_a_note_and_down_again(harbor, held):
    assert (
        f'hx-post="{harbor.url(f"desk/conversations/{held.pk}/raise_hand/")}"' in dialog(harbor, held).content.decode()
    )
    response = act(harbor, held, "raise_hand", text="May I refund <b>this</b>?")
    assert response.status_code == 200
    assert response["HX-Trigger-After-Settle"] == "dialog:close"
    shown = desk(harbor, held)
    assert "Your hand is raised: May I refund &lt;b&gt;this&lt;/b&gt;?" in shown
    assert "/hand/" not in shown
    assert dialog(harbor, held).status_code == 403
    assert act(harbor, held, "lower_hand").status_code == 200
    assert "Your hand is raised" not in desk(harbor, held)


def test_without_a_note_the_dialog_stays(harbor, held):
    response = act(harbor, held, "raise_hand", text=" ")
    assert response.status_code == 422
    assert response["HX-Reswap"] == "none"
    with harbor.scope():
        assert Conversation.objects.get(pk=held.pk).hand_raised_at is None


def test_it_is_for_ones_own_conversation(harbor, summit, held):
    with harbor.scope():
        anothers = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE)
        elsewhere = factories.make_conversation(queue=factories.make_queue("Elsewhere"), status=Status.ACTIVE)
    with summit.scope():
        foreign = factories.make_conversation(queue=summit.orders, status=Status.ACTIVE)
    assert dialog(harbor, anothers).status_code == 403
    assert dialog(harbor, elsewhere).status_code == 404
    assert dialog(harbor, foreign).status_code == 404
    assert dialog(harbor, held, summit.agent).status_code == 404
    assert dialog(harbor, held, harbor.supervisor).status_code == 403
    for row, answer in ((anothers, 403), (elsewhere, 404), (foreign, 404)):
        assert act(harbor, row, "raise_hand", text="Help").status_code == answer


def test_a_card_number_in_the_note_goes_no_further(harbor, held):
    act(harbor, held, "raise_hand", text="Charged twice: 4111 1111 1111 1111")
    assert "Charged twice: •••• 1111" in desk(harbor, held)
    for path in ("notifications/", "conversations/"):
        page = harbor.client().get(harbor.url(path)).content.decode()
        assert "Charged twice" in page
        assert "4111" not in page
