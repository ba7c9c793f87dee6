"""The filter language: what a query string shows, says and canonically is."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from conversations.filters import ConversationFilter
from conversations.models import Conversation, Disposition, ForceCloseReason
from conversations.search import tidy, words_of
from conversations.states import Priority, Status, StatusReason
from routing.kinds import Channel
from routing.models import Queue
from tests.cast import make_cast
from tests.factories import make_conversation, make_customer, make_representative, make_work_stream


def read(cast, query, member=None):
    """The filter of a query string; call inside the scope."""
    return ConversationFilter.from_query(QueryDict(query), cast.actor(member))


def found(cast, query, member=None):
    with cast.scope():
        return set(read(cast, query, member).rows())


@pytest.fixture
def rows(harbor):
    """One conversation of each status, named by it."""
    with harbor.scope():
        return {
            status.value: make_conversation(
                queue=harbor.refunds if status == Status.WAITING else harbor.orders, status=status
            )
            for status in Status
        }


def test_closed_ones_are_left_out_unless_asked_for(harbor, rows):
    assert found(harbor, "") == set(rows.values()) - {rows["closed"]}
    assert found(harbor, "status=closed") == {rows["closed"]}
    assert found(harbor, "status=any") == set(rows.values())


def test_values_of_a_field_add_up_and_fields_narrow(harbor, rows):
    assert found(harbor, "status=open&status=waiting") == {rows["open"], rows["waiting"]}
    assert found(harbor, f"status=open&status=waiting&queue={harbor.refunds.pk}") == {rows["waiting"]}


def test_every_field_of_a_link_is_applied(harbor):
    with harbor.scope():
        one = make_conversation(
            queue=harbor.orders,
            channel=Channel.SMS,
            status=Status.ACTIVE,
            representative=harbor.ana,
            priority=Priority.HIGH,
            sentiment_score=5,
        )
        make_conversation(queue=harbor.orders, sentiment_score=10)
        stream = make_work_stream(Channel.SMS)
    for query in (
        "channel=sms",
        "mode=persistent",
        f"representative={harbor.ana.pk}",
        f"work_stream={stream.pk}",
        "priority=high",
        "sentiment=very_negative",
    ):
        assert found(harbor, query) == {one}, query


def test_what_stands_beside_the_status_can_be_asked_for(harbor, rows):
    with harbor.scope():
        offered = make_conversation(
            queue=harbor.orders, status=Status.ACTIVE, status_reason=StatusReason.AWAITING_ACCEPTANCE
        )
        Conversation.objects.filter(pk=rows["waiting"].pk).update(transfer_pending=True)
    assert found(harbor, "detail=awaiting") == {offered}
    assert found(harbor, "detail=in_conversation") == {rows["active"]}
    assert found(harbor, "detail=awaiting&detail=transfer") == {offered, rows["waiting"]}
    assert found(harbor, "detail=in_queue") == {offered, rows["open"]}
    assert found(harbor, "detail=asleep") == set()


def test_how_it_ended_is_asked_of_closed_ones_without_asking_for_them(harbor, summit, rows):
    with harbor.scope():
        spam = ForceCloseReason.objects.create(label="Spam")
        solved = Disposition.objects.create(label="Solved")
        forced = make_conversation(queue=harbor.orders, status=Status.CLOSED, force_close_reason=spam)
        done = make_conversation(queue=harbor.refunds, status=Status.CLOSED, disposition=solved)
    with summit.scope():
        foreign = Disposition.objects.create(label="Theirs")
    assert found(harbor, f"force_close_reason={spam.pk}") == {forced}
    assert found(harbor, f"disposition={solved.pk}") == {done}
    assert found(harbor, f"disposition={solved.pk}&force_close_reason={spam.pk}") == set()
    assert found(harbor, f"disposition={solved.pk}&status=open") == set()
    assert found(harbor, f"disposition={solved.pk}", harbor.scoped) == {done}
    assert found(harbor, f"force_close_reason={spam.pk}", harbor.scoped) == set()
    assert found(harbor, f"disposition={foreign.pk}") == set()
    with harbor.scope():
        assert [(chip.label, chip.value) for chip in read(harbor, f"disposition={solved.pk}").chips()] == [
            ("Disposition", "Solved")
        ]
        assert "Theirs" not in str(read(harbor, f"disposition={foreign.pk}").notices)


def test_nobody_is_a_representative_one_can_ask_for(harbor, rows):
    assert rows["open"] in found(harbor, "representative=none")
    assert rows["active"] not in found(harbor, "representative=none")
    assert rows["active"] in found(harbor, f"representative=none&representative={rows['active'].representative_id}")


def test_ages_and_waits_are_measured_now(harbor):
    with harbor.scope():
        an_hour_old = make_conversation(queue=harbor.orders)
    assert found(harbor, "created=2h") == {an_hour_old}
    assert found(harbor, "created=30m") == set()
    assert found(harbor, "created=over-30m") == {an_hour_old}
    assert found(harbor, "wait_over=30m") == {an_hour_old}
    assert found(harbor, "wait_over=2h") == set()


NONSENSE = {
    "status": "gone",
    "channel": "telegraph",
    "mode": "none",
    "queue": "x",
    "representative": "0",
    "sentiment": "9",
    "intent": "1",
    "work_stream": "99999999999999999999999",
    "priority": "5",
    "created": "someday",
    "wait_over": "0m",
    "view": "mine",
}


@pytest.mark.parametrize(("name", "value"), NONSENSE.items())
def test_a_value_that_makes_no_sense_is_named_and_matches_nothing(harbor, rows, name, value):
    with harbor.scope():
        shown = read(harbor, f"{name}={value}")
        assert list(shown.rows()) == []
        assert len(shown.notices) == 1
        assert f"“{value}”" in shown.notices[0]
        assert [chip.value for chip in shown.chips() if chip.label != "Status" or name == "status"] == [value]


def test_beside_one_that_makes_sense_it_takes_nothing_away(harbor, rows):
    with harbor.scope():
        shown = read(harbor, "status=open&status=gone")
        assert set(shown.rows()) == {rows["open"]}
        assert len(shown.notices) == 1


def test_names_outside_the_language_are_ignored(harbor, rows):
    with harbor.scope():
        assert read(harbor, "utm_source=mail&page=3").notices == []


def test_a_foreign_queue_is_senseless_and_its_name_stays_unknown(harbor, summit, rows):
    with summit.scope():
        foreign = make_representative("Foreign Fiona")
    for query in (f"queue={summit.orders.pk}", f"representative={foreign.pk}"):
        with harbor.scope():
            shown = read(harbor, query)
            assert list(shown.rows()) == []
            assert "Fiona" not in str(shown.chips()) + str(shown.notices)


def test_a_queue_out_of_scope_is_senseless(harbor, rows):
    with harbor.scope():
        assert read(harbor, f"queue={harbor.refunds.pk}", harbor.scoped).notices == []
        shown = read(harbor, f"queue={harbor.orders.pk}", harbor.scoped)
        assert "Orders" not in shown.notices[0]
        assert list(shown.rows()) == []


def test_a_representative_whose_work_is_out_of_scope_is_senseless(harbor):
    with harbor.scope():
        far = make_representative("Far Away", queues=[harbor.orders])
        near = make_representative("Near By", queues=[harbor.refunds])
        assert read(harbor, f"representative={near.pk}", harbor.scoped).notices == []
        assert read(harbor, f"representative={far.pk}", harbor.scoped).notices
        assert read(harbor, f"representative={far.pk}").notices == []


def test_the_query_has_one_canonical_form(harbor):
    with harbor.scope():
        typed = f"sort=-wait&status=waiting&status=open&status=open&q=++two++words&queue={harbor.orders.pk}&size=50&x=1"
        canonical = f"q=two+words&status=open&status=waiting&queue={harbor.orders.pk}&sort=-wait"
        assert read(harbor, typed).query_string() == canonical
        assert read(harbor, canonical).query_string() == canonical
        assert read(harbor, "sort=-created&size=50").query_string() == ""


def test_each_chip_leads_to_the_filter_without_it(harbor):
    with harbor.scope():
        chips = read(harbor, f"queue={harbor.orders.pk}&queue={harbor.refunds.pk}&status=open").chips()
    assert [(chip.label, chip.value, chip.query_without) for chip in chips] == [
        ("Status", "Open", f"queue={harbor.orders.pk}&queue={harbor.refunds.pk}"),
        ("Queue", "Orders", f"status=open&queue={harbor.refunds.pk}"),
        ("Queue", "Refunds", f"status=open&queue={harbor.orders.pk}"),
    ]


def test_the_default_can_be_taken_away(harbor):
    with harbor.scope():
        (chip,) = read(harbor, "").chips()
        assert (chip.label, chip.value, chip.query_without) == ("Status", "is not Closed", "status=any")


def test_a_closed_queue_is_marked_where_it_is_offered(harbor):
    with harbor.scope():
        now = timezone.now()
        Queue.objects.filter(pk=harbor.orders.pk).update(closed_at=now, closed_until=now + timedelta(hours=1))
        Queue.objects.filter(pk=harbor.refunds.pk).update(closed_at=now, closed_until=now - timedelta(minutes=1))
        shown = read(harbor, f"queue={harbor.orders.pk}")
        offered = {field.name: options for field, options in shown.controls()}["queue"]
        assert [label for _, label, _ in offered] == ["Orders (closed)", "Refunds"]
        assert "Orders" in [chip.value for chip in shown.chips()]


def test_a_deactivated_queue_is_filtered_by_but_no_longer_offered(harbor):
    with harbor.scope():
        harbor.orders.is_active = False
        harbor.orders.save()
        offered = {field.name: options for field, options in read(harbor, "").controls()}["queue"]
        assert [label for _, label, _ in offered] == ["Refunds"]
        chosen = {field.name: options for field, options in read(harbor, f"queue={harbor.orders.pk}").controls()}
        assert (str(harbor.orders.pk), "Orders", True) in chosen["queue"]


# --- Search ---


def test_words_are_found_in_subject_customer_and_representative(harbor):
    with harbor.scope():
        parcel = make_conversation(queue=harbor.orders, subject="Where is my parcel?")
        okafor = make_conversation(queue=harbor.orders, customer=make_customer("Mbali Okafor"))
        ana = make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
    assert found(harbor, "q=PARC") == {parcel}
    assert found(harbor, "q=oka+mba") == {okafor}
    assert found(harbor, "q=ana+ruiz") == {ana}
    assert found(harbor, "q=parcel+okafor") == set()


def test_a_number_is_found_however_it_is_typed(harbor):
    with harbor.scope():
        one = make_conversation(queue=harbor.orders)
        make_conversation(queue=harbor.orders)
    for typed in (f"C-{one.pk}", f"c-{one.pk}", f"C{one.pk}", f"%23{one.pk}", f" {one.pk} "):
        assert one in found(harbor, f"q={typed}")
    assert found(harbor, "q=C-999999999999999999") == set()
    assert found(harbor, "q=99999999999999999999999999") == set()


def test_the_search_stays_inside_scope_and_organization(harbor, summit):
    for cast in (harbor, summit):
        with cast.scope():
            make_conversation(queue=cast.orders, subject="Parcel")
    with harbor.scope():
        refund = make_conversation(queue=harbor.refunds, subject="Parcel")
        foreign = refund.pk + 1
    assert len(found(harbor, "q=parcel")) == 2
    assert found(harbor, "q=parcel", harbor.scoped) == {refund}
    assert found(harbor, f"q={foreign}") == set()


@pytest.mark.parametrize("typed", ["!!!", "':*&|", "🙂", "—", "\\", '""', "()<->"])
def test_text_without_a_letter_or_digit_is_named_and_matches_nothing(harbor, rows, typed):
    with harbor.scope():
        query = QueryDict(mutable=True)
        query["q"] = typed
        shown = ConversationFilter.from_query(query, harbor.actor())
        assert list(shown.rows()) == []
        assert len(shown.notices) == 1


def test_punctuation_beside_words_is_no_obstacle(harbor):
    with harbor.scope():
        one = make_conversation(queue=harbor.orders, subject="It's wi-fi & O'Brien's <b>café</b> @ 50%")
    for typed in ("it's", "wi-fi", "o'brien's", "caf", "%26 wi-fi", "café !", "50%25", "b"):
        assert found(harbor, f"q={typed.replace('&', '%26')}") == {one}, typed


def test_the_mark_of_the_organization_in_the_index_is_not_found_by_any_word(harbor, rows):
    for typed in (
        "org",
        "organization",
        f"organization:{harbor.organization.pk}",
        f"%23{harbor.organization.pk}x",
        "o",
    ):
        assert found(harbor, f"q={typed}") == set(), typed


def test_what_is_searched_for_is_one_line_of_limited_length():
    assert tidy("  a\n\tb\0c  ") == "a b c"
    assert len(tidy("x" * 5000)) == 200
    assert words_of("it's & \\") == "'it''s':*"


class AnyInput(TestCase):
    databases = {"default", "owner"}

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=60), st.sampled_from(["q", *NONSENSE, "sort", "size"]))
    def test_any_input_is_accepted(self, typed, name):
        cast = make_cast("harbor")
        query = QueryDict(mutable=True)
        query[name] = typed
        with cast.scope():
            shown = ConversationFilter.from_query(query, cast.actor())
            assert list(shown.rows()) == []
            again = ConversationFilter.from_text(shown.query_string(), cast.actor())
            assert again.query_string() == shown.query_string()


def test_no_field_slips_through_the_organization(harbor, summit, rows):
    assert not found(summit, "status=any")
    with harbor.scope():
        assert Conversation.objects.count() == 5
