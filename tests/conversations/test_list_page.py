"""All ongoing conversations, over HTTP."""

import pytest
from django.test import Client

from conversations.models import Conversation
from conversations.states import Status, StatusReason
from routing.kinds import Channel
from tests.factories import make_conversation, make_conversations, make_customer, make_representative

HTMX = {"HX-Request": "true", "HX-Target": "list-body"}


def page(cast, query="", member=None, **headers):
    return cast.client(member).get(cast.url(f"conversations/{query}"), headers=headers or None)


def shown(response):
    return [row.id for row in response.context["rows"]]


def ids(*conversations):
    return [str(conversation.pk) for conversation in conversations]


def test_newest_come_first_and_closed_ones_are_left_out(harbor):
    with harbor.scope():
        older, newer = make_conversations(2, queue=harbor.orders)
        make_conversation(queue=harbor.orders, status=Status.CLOSED)
    response = page(harbor)
    assert response.status_code == 200
    assert shown(response) == ids(newer, older)
    assert response.context["page"]["count"] == "2"


def test_an_empty_list_says_why(harbor):
    assert "No ongoing conversations" in page(harbor).content.decode()
    assert "No conversation matches" in page(harbor, "?status=waiting").content.decode()


def test_a_foreign_organization_is_not_found(harbor, summit):
    assert harbor.client(summit.supervisor).get(harbor.url("conversations/")).status_code == 404


def test_an_anonymous_visitor_is_led_to_the_sign_in(harbor):
    response = Client().get(harbor.url("conversations/"))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_who_is_no_supervisor_is_told_so(harbor, member):
    response = page(harbor, member=getattr(harbor, member))
    assert response.status_code == 403
    assert "This page is for supervisors" in response.content.decode()


def test_nothing_of_another_organization_shows(harbor, summit):
    with summit.scope():
        make_conversation(queue=summit.orders, subject="Of summit")
    with harbor.scope():
        mine = make_conversation(queue=harbor.orders)
    assert shown(page(harbor)) == ids(mine)


def test_a_scoped_supervisor_sees_the_scope_only(harbor):
    with harbor.scope():
        make_conversation(queue=harbor.orders, subject="Not for scoped eyes")
        refund = make_conversation(queue=harbor.refunds)
    response = page(harbor, member=harbor.scoped)
    assert shown(response) == ids(refund)
    assert "Not for scoped eyes" not in response.content.decode()
    assert "Orders" not in response.content.decode()


def test_a_supervisor_scoped_to_no_queue_sees_nothing(harbor):
    with harbor.scope():
        make_conversation(queue=harbor.refunds)
        harbor.scoped.queue_scopes.all().delete()
    assert shown(page(harbor, member=harbor.scoped)) == []


def test_markup_in_names_shows_as_text(harbor):
    with harbor.scope():
        customer = make_customer("<b>Eve</b>")
        make_conversation(queue=harbor.orders, customer=customer, subject="<script>alert(1)</script>")
    text = page(harbor).content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "&lt;b&gt;Eve&lt;/b&gt;" in text


def test_the_longest_subject_fits(harbor):
    with harbor.scope():
        make_conversation(queue=harbor.orders, subject="x" * 250)
    assert "x" * 250 in page(harbor).content.decode()


def test_htmx_gets_the_part_it_asked_for_and_the_history_the_whole_page(harbor):
    part = page(harbor, **HTMX).content.decode()
    assert part.lstrip().startswith("<section")
    assert 'id="count"' in part
    whole = page(harbor, **HTMX, **{"HX-History-Restore-Request": "true"}).content.decode()
    assert whole.lstrip().lower().startswith("<!doctype")
    elsewhere = page(harbor, **{"HX-Request": "true", "HX-Target": "body"}).content.decode()
    assert elsewhere.lstrip().lower().startswith("<!doctype")


def test_caches_are_told_what_an_answer_depends_on(harbor):
    response = page(harbor)
    assert {"HX-Request", "HX-Target", "HX-History-Restore-Request", "Cookie"} <= {
        name.strip() for name in response["Vary"].split(",")
    }
    assert "private" in response["Cache-Control"]


QUERIES = 21


@pytest.mark.parametrize("count", [1, 50, 200])
def test_the_page_is_read_in_a_fixed_number_of_queries(harbor, django_assert_num_queries, count):
    with harbor.scope():
        make_conversations(count, queue=harbor.orders, status=Status.ACTIVE)
    client = harbor.client()
    client.get(harbor.url("conversations/"))
    with django_assert_num_queries(QUERIES):
        response = client.get(harbor.url("conversations/?size=200"))
    assert len(response.context["rows"]) == count


def test_a_thousand_conversations_are_leafed_through_without_a_gap_or_a_repeat(harbor):
    with harbor.scope():
        make_conversations(1000, queue=harbor.orders)
    client, url, seen = harbor.client(), harbor.url("conversations/?size=200"), []
    pages = []
    while url:
        response = client.get(url)
        pages.append(shown(response))
        seen += pages[-1]
        back = response.context["pagination"]["previous_url"]
        url = response.context["pagination"]["next_url"]
    assert len(seen) == len(set(seen)) == 1000
    assert [len(each) for each in pages] == [200] * 5
    assert response.context["page"]["count"] == "1,000"
    assert shown(client.get(back)) == pages[-2]


def test_going_back_beyond_the_first_page_shows_what_is_new_on_top(harbor):
    with harbor.scope():
        first = make_conversations(60, queue=harbor.orders)
    client = harbor.client()
    following = client.get(client.get(harbor.url("conversations/?size=25")).context["pagination"]["next_url"])
    with harbor.scope():
        Conversation.objects.filter(pk=first[-1].pk).update(status=Status.CLOSED, closed_at=first[0].created_at)
    back = client.get(following.context["pagination"]["previous_url"])
    assert len(shown(back)) == 25
    assert back.context["pagination"]["previous_url"] == ""


@pytest.mark.parametrize(
    "sort", ["subject", "customer", "channel", "queue", "representative", "status", "wait", "created"]
)
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_order_is_leafed_through_both_ways(harbor, sort, sign):
    with harbor.scope():
        for index, status in enumerate([Status.OPEN, Status.ACTIVE, Status.WAITING, Status.WRAP_UP] * 7):
            queue = harbor.orders if index % 3 else harbor.refunds
            make_conversation(queue=queue, status=status, subject=f"{'aBcD'[index % 4]} {index % 5}")
        make_conversations(3, channel=Channel.RECORD)
    client = harbor.client()
    first = client.get(harbor.url(f"conversations/?size=25&sort={sign}{sort}"))
    second = client.get(first.context["pagination"]["next_url"])
    assert sorted(map(int, shown(first) + shown(second))) == sorted(row.pk for row in everything(harbor))
    assert second.context["pagination"]["next_url"] == ""
    assert shown(client.get(second.context["pagination"]["previous_url"])) == shown(first)
    assert not first.context["filter_notices"]


def everything(cast):
    with cast.scope():
        return list(Conversation.objects.all())


def test_names_are_sorted_as_people_read_them(harbor):
    with harbor.scope():
        zebra, apple = (make_conversation(queue=harbor.orders, subject=subject) for subject in ("Zebra", "apple"))
    assert shown(page(harbor, "?sort=subject")) == ids(apple, zebra)
    assert shown(page(harbor, "?sort=-subject")) == ids(zebra, apple)


def test_what_nobody_holds_comes_last_in_the_order_of_representatives(harbor):
    with harbor.scope():
        unassigned = make_conversation(queue=harbor.orders)
        ana, ben = (
            make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=make_representative(name))
            for name in ("Ana", "Ben")
        )
    assert shown(page(harbor, "?sort=representative")) == ids(ana, ben, unassigned)
    assert shown(page(harbor, "?sort=-representative")) == ids(ben, ana, unassigned)


@pytest.mark.parametrize("cursor", ["x", "W10", "WyIiXQ", "bnVsbA", "a" * 500, "%00", "WyItY3JlYXRlZCIsMSwxLDFd"])
def test_a_cursor_that_was_tampered_with_shows_the_first_page(harbor, cursor):
    with harbor.scope():
        mine = make_conversation(queue=harbor.orders)
    for name in ("after", "before"):
        response = page(harbor, f"?{name}={cursor}")
        assert response.status_code == 200
        assert shown(response) == ids(mine)


def test_the_wait_runs_until_acceptance_and_records_have_none(harbor):
    with harbor.scope():
        make_conversation(queue=harbor.orders)
        make_conversation(queue=harbor.orders, status=Status.ACTIVE, status_reason=StatusReason.AWAITING_ACCEPTANCE)
        make_conversation(queue=harbor.orders, status=Status.ACTIVE)
        make_conversation(channel=Channel.RECORD)
    record, accepted, offered, waiting = page(harbor, "?sort=-created").context["rows"]
    rows = {row.status_detail or row.status: row for row in (record, accepted, offered, waiting)}
    assert rows["awaiting acceptance"].wait_since
    assert not rows["active"].wait_since
    assert rows["active"].wait_fixed == "00:00"
    records = [row for row in (record, accepted, offered, waiting) if row.channel_label == "Record"]
    assert (records[0].wait_since, records[0].wait_fixed) == ("", "")


def test_a_wrong_page_size_or_order_is_named(harbor):
    response = page(harbor, "?size=7&sort=colour")
    assert response.context["filter_notices"] == [
        "The list can’t be sorted by “colour”. Newest come first.",
        "“7” isn’t a page size. 50 rows are shown.",
    ]


def test_only_reading_is_answered(harbor):
    assert harbor.client().post(harbor.url("conversations/")).status_code == 405
