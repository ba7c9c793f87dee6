"""The dialogs of priority, tags and the pinned note: from the button to the run, for one and for many."""

import pytest

from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from conversations.models import Conversation, Tag
from conversations.states import Priority
from tests.bulk_actions.conftest import work
from tests.factories import make_conversations

HTMX = {"HX-Request": "true"}


@pytest.fixture
def rows(harbor):
    with harbor.scope():
        return make_conversations(2, queue=harbor.orders)


def opened(cast, action, *rows):
    ids = [f"{row.pk}:{row.version}" for row in rows]
    response = cast.client().post(cast.url(f"conversations/actions/{action}/"), {"id": ids}, headers=HTMX)
    assert response.status_code == 200, response.content.decode()[:500]
    return response


def proceed(cast, action, response, **typed):
    with cast.scope():
        run = BulkAction.objects.latest("pk")
    url = response.context["action_url"]
    return cast.client().post(url, {"run_key": str(run.key), **typed}, headers=HTMX), run


@pytest.mark.parametrize(
    ("action", "wanted"), [("set_priority", "Priority"), ("set_tags", "New tags"), ("pin_note", "Note for supervisors")]
)
def test_each_has_a_dialog_for_one_and_for_many(harbor, rows, action, wanted):
    for chosen in (rows[:1], rows):
        assert wanted in opened(harbor, action, *chosen).content.decode()


def test_one_is_set_at_once_and_stands_in_the_history(harbor, rows):
    response = opened(harbor, "set_priority", rows[0])
    answer, run = proceed(harbor, "set_priority", response, priority=str(Priority.HIGH.value))
    assert answer.status_code == 200
    with harbor.scope():
        assert Conversation.objects.get(pk=rows[0].pk).priority == Priority.HIGH
        run.refresh_from_db()
        assert run.title == f"Set priority High: {rows[0].number}"


def test_new_tags_are_made_when_the_run_starts(harbor, rows):
    response = opened(harbor, "set_tags", rows[0])
    with harbor.scope():
        assert not Tag.objects.exists()
    proceed(harbor, "set_tags", response, new="vip, fraud,vip")
    with harbor.scope():
        assert set(Conversation.objects.get(pk=rows[0].pk).tags.values_list("name", flat=True)) == {"vip", "fraud"}


def test_a_note_is_counted_as_its_counter_counts_it(harbor, rows):
    """Browsers send a line end as two characters and count it as one."""
    note = "\r\n".join(["x" * 9] * 50)
    answer, _ = proceed(harbor, "pin_note", opened(harbor, "pin_note", rows[0]), text=note)
    assert "Keep the note" not in answer.content.decode()
    with harbor.scope():
        assert Conversation.objects.get(pk=rows[0].pk).supervisor_note == note.replace("\r\n", "\n")


def test_tags_that_failed_are_chosen_again_when_they_are_tried_again(harbor, rows):
    with harbor.scope():
        # Their numbers begin with the same digit as others': none of these is meant.
        tags = [Tag.objects.create(name=f"tag {number}") for number in range(30)]
    chosen = tags[-2:]
    _, run = proceed(
        harbor, "set_tags", opened(harbor, "set_tags", *rows), add=[str(tag.pk) for tag in chosen], drop=[]
    )
    run = work(harbor, run)
    with harbor.scope():
        run.items.update(outcome="failed")
        BulkAction.objects.filter(pk=run.pk).update(status=RunStatus.FAILED, failed=2)
    dialog = harbor.client().post(harbor.url(f"action-history/{run.pk}/retry/"), headers=HTMX)
    adding = {tag["id"] for tag in dialog.context["tags"] if tag["adding"]}
    assert adding == {tag.pk for tag in chosen}
    assert not any(tag["dropping"] for tag in dialog.context["tags"])


@pytest.mark.parametrize(
    ("action", "typed", "sentence"),
    [
        ("set_priority", {}, "Choose a priority."),
        ("set_priority", {"priority": "9"}, "Choose a priority."),
        ("set_tags", {}, "Choose a tag to add or to take away."),
        ("set_tags", {"add": "999999"}, "Choose tags from the list."),
        ("set_tags", {"new": "x" * 41}, "Keep each tag to 40 characters."),
        ("pin_note", {"text": "x" * 501}, "Keep the note to 500 characters."),
    ],
)
def test_what_makes_no_sense_is_said_in_the_dialog(harbor, rows, action, typed, sentence):
    answer, run = proceed(harbor, action, opened(harbor, action, rows[0]), **typed)
    assert sentence in answer.content.decode()
    with harbor.scope():
        run.refresh_from_db()
        assert run.started_at is None
