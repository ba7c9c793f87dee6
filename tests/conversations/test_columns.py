"""Columns a person chooses: their text, their cells, their place in the address."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.columns import COLUMNS, Columns
from conversations.listing import ONGOING, RECORDS
from conversations.models import Participant
from conversations.queries import list_rows
from conversations.states import Status
from routing.kinds import Channel
from tests.factories import make_conversation, make_conversations


def page(cast, query=""):
    return cast.client().get(cast.url(f"conversations/{query}"))


def test_a_choice_reads_as_it_is_written():
    for text in ("subject", "wait,subject:180,created", "number,subject:48"):
        assert str(Columns.parse(text, ONGOING.offered_columns)) == text


@pytest.mark.parametrize(
    "text", ["", "subject,", "subject,subject", "secret", "subject:47", "subject:801", "subject:x", "age", "<b>"]
)
def test_what_makes_no_choice_is_not_taken(text):
    assert Columns.parse(text, ONGOING.offered_columns) is None


@pytest.mark.parametrize("name", ONGOING.offered_columns)
def test_every_column_of_the_list_can_be_shown(harbor, name):
    with harbor.scope():
        make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        make_conversation(channel=Channel.RECORD)
    response = page(harbor, f"?columns={name}")
    assert [column["label"] for column in response.context["columns"]] == [COLUMNS[name].label]
    assert f'<td class="{COLUMNS[name].css}"' in response.content.decode()


@pytest.mark.parametrize("name", RECORDS.offered_columns)
def test_every_column_of_the_records_can_be_shown(harbor, name):
    with harbor.scope():
        make_conversation(channel=Channel.RECORD)
    response = page(harbor, f"records/?columns={name}")
    assert f'<td class="{COLUMNS[name].css}"' in response.content.decode()


def test_a_wrong_choice_is_named_and_the_usual_columns_are_shown(harbor):
    with harbor.scope():
        make_conversation(queue=harbor.orders)
    response = page(harbor, "?columns=secret")
    assert "“secret” can’t be shown" in response.content.decode()
    assert len(response.context["columns"]) == len(ONGOING.columns.names)
    assert len(response.context["rows"]) == 1


def test_the_choice_stays_in_every_address_of_the_page(harbor):
    with harbor.scope():
        make_conversations(30, queue=harbor.orders)
    response = page(harbor, "?columns=subject,wait:120&size=25&status=open")
    context = response.context
    for address in (context["pagination"]["next_url"], *(chip["remove_url"] for chip in context["chips"])):
        assert "columns=subject%2Cwait%3A120" in address
    assert "columns=subject%2Cwait%3A120" in context["page"]["ws_url"]


def test_handle_time_runs_while_somebody_has_it_and_is_the_sum_of_all(harbor):
    now = timezone.now()
    with harbor.scope():
        row = make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        Participant.objects.filter(conversation=row).delete()
        make = lambda **fields: Participant.objects.create(conversation=row, representative=harbor.ana, **fields)  # noqa: E731
        make(mode="primary", joined_at=now - timedelta(minutes=50), left_at=now - timedelta(minutes=40))
        make(mode="consult", joined_at=now - timedelta(minutes=50), left_at=now)
        columns = Columns.of(("subject", "handle_time"))
        values = list_rows([row.pk], harbor.actor(), columns)[row.pk]
        assert (values["handled_before"], values["handling_since"]) == (timedelta(minutes=10), None)
        make(mode="primary", joined_at=now - timedelta(minutes=5))
        values = list_rows([row.pk], harbor.actor(), columns)[row.pk]
        assert values["handling_since"] == now - timedelta(minutes=5)
    html = page(harbor, "?columns=subject,handle_time").content.decode()
    assert (now - timedelta(minutes=15)).isoformat() in html


def test_several_columns_sort_and_each_says_its_place(harbor):
    with harbor.scope():
        for status, subject in ((Status.WAITING, "B"), (Status.OPEN, "A"), (Status.WAITING, "A"), (Status.OPEN, "B")):
            make_conversation(queue=harbor.orders, status=status, subject=subject)
    response = page(harbor, "?sort=status,-subject")
    shown = [(row.status, row.subject) for row in response.context["rows"]]
    assert shown == [("open", "B"), ("open", "A"), ("waiting", "B"), ("waiting", "A")]
    places = {column["name"]: column["place"] for column in response.context["columns"] if column["place"]}
    assert places == {"status": 1, "subject": 2}


@pytest.mark.parametrize("sort", ["status,status", "status,nothing", "a", "status,subject,queue,wait"])
def test_an_order_that_makes_no_sense_is_named(harbor, sort):
    assert "can’t be sorted by" in page(harbor, f"?sort={sort}").content.decode()


@pytest.mark.parametrize(
    "sort", ["status,representative", "-representative,-sentiment,created", "wait,-customer", "-number"]
)
def test_several_orders_are_leafed_through_both_ways_without_a_gap(harbor, sort):
    with harbor.scope():
        for number in range(30):
            make_conversation(
                queue=harbor.orders,
                status=Status.ACTIVE if number % 3 else Status.OPEN,
                representative=harbor.ana if number % 3 else None,
                sentiment_score=number % 4 * 20 if number % 5 else None,
                subject=f"S{number % 7}",
            )
    client, pages, url = harbor.client(), [], harbor.url(f"conversations/?sort={sort}&size=25")
    response = client.get(url)
    pages.append([row.id for row in response.context["rows"]])
    following = client.get(response.context["pagination"]["next_url"])
    pages.append([row.id for row in following.context["rows"]])
    assert len({*pages[0], *pages[1]}) == 30
    back = client.get(following.context["pagination"]["previous_url"])
    assert [row.id for row in back.context["rows"]] == pages[0]
