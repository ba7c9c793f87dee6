"""Applying the frames of a difference to a page always yields the fresh page."""

from hypothesis import given
from hypothesis import strategies as st

from contact_center.live import frames
from contact_center.live.difference import difference
from contact_center.live.protocol import LiveView, Snapshot
from tests.contact_center.live.page import Page


class Numbers(LiveView):
    key = render_key = "numbers"
    organization_id = 1
    kinds = frozenset({"number"})

    def row_dom_id(self, id):
        return f"number-{id}"


VIEW = Numbers()
STATE = '<span id="live-state" data-updates="0"></span>'

snapshots = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 3)), unique_by=lambda row: row[0]).map(
    lambda rows: Snapshot(tuple(rows))
)


def row(id, stamp):
    return f'<tr id="number-{id}"><td>{id} at {stamp}</td></tr>'


def page_of(snapshot):
    page = Page()
    page.rows = [(f"number-{id}", f"{id} at {stamp}") for id, stamp in snapshot.rows]
    return page


@given(snapshots, snapshots)
def test_the_frames_of_a_difference_turn_the_old_page_into_the_new_one(old, new):
    page, found = page_of(old), difference(old, new)
    page.apply(frames.changes(VIEW, found, {id: row(id, stamp) for id, stamp in new.rows}) + STATE)
    assert page.rows == page_of(new).rows


@given(snapshots)
def test_equal_pages_do_not_differ(snapshot):
    assert difference(snapshot, snapshot).size == 0


@given(st.permutations(range(1, 9)), st.integers(0, 7), st.integers(0, 7))
def test_one_row_that_moves_costs_one_insertion(order, source, target):
    moved = list(order)
    moved.insert(target, moved.pop(source))
    found = difference(Snapshot(tuple((id, 1) for id in order)), Snapshot(tuple((id, 1) for id in moved)))
    assert found.size == (1 if moved != list(order) else 0)
    assert found.updates == found.size


def test_a_moved_row_is_no_news_beside_a_changed_one():
    old = Snapshot(((1, 1), (2, 1), (3, 1)))
    new = Snapshot(((3, 1), (1, 1), (2, 2)))
    assert difference(old, new).updates == 1


def test_a_row_that_moves_and_changes_is_sent_once():
    found = difference(Snapshot(((1, 1), (2, 1), (3, 1))), Snapshot(((3, 2), (1, 1), (2, 1))))
    assert (found.size, found.updates) == (1, 1)
