"""Ongoing record conversations: the same list over records, with their own columns, filters and commands."""

import pytest
from django.http import QueryDict
from django.utils import timezone

from contact_center.errors import Invalid, Refused
from contact_center.live.registry import factory_of
from conversations.filters import ConversationFilter
from conversations.listing import RECORDS
from conversations.models import Conversation, RecordItem
from conversations.selection import Selection
from conversations.states import Priority, Status
from routing.kinds import Channel, Kind
from tests.factories import make_conversation, make_conversations, make_queue, make_representative, make_work_stream

HTMX = {"HX-Request": "true", "HX-Target": "list-body"}
HEADINGS = [
    "Subject",
    "Record type",
    "Case number",
    "Regarding",
    "Queue",
    "Representative",
    "Status",
    "Priority",
    "Age in days",
    "Created",
]


def page(cast, query="", member=None, **headers):
    return cast.client(member).get(cast.url(f"conversations/records/{query}"), headers=headers or None)


def shown(response):
    return [int(row.id) for row in response.context["rows"]]


@pytest.fixture
def cases(harbor):
    """A queue for records, with its work stream."""
    with harbor.scope():
        queue = make_queue("Cases", kind=Kind.RECORD)
        make_work_stream(Channel.RECORD, queue=queue)
        return queue


def record(subject="Torn awning", case_number="", regarding="", record_type=RecordItem.Type.CASE, **fields):
    number = RecordItem.objects.count() + 1
    item = RecordItem.objects.create(
        external_id=f"item-{number}",
        record_type=record_type,
        title=subject,
        case_number=case_number,
        regarding=regarding,
    )
    return make_conversation(channel=Channel.RECORD, subject=subject, record=item, **fields)


# --- The page ---


def test_records_alone_are_listed_newest_first_without_closed_ones(harbor, cases):
    with harbor.scope():
        make_conversation(queue=harbor.orders)
        older, newer = make_conversations(2, channel=Channel.RECORD, queue=cases)
        make_conversation(channel=Channel.RECORD, queue=cases, status=Status.CLOSED)
    response = page(harbor)
    assert response.status_code == 200
    assert shown(response) == [newer.pk, older.pk]
    assert response.context["page"]["count"] == "2"
    assert "<h1" in response.content.decode()
    assert "Ongoing record conversations</h1>" in response.content.decode()


def test_its_columns_are_those_of_records(harbor, cases):
    with harbor.scope():
        record(
            "Torn awning",
            case_number="CAS-01201",
            regarding="Okafor household",
            record_type=RecordItem.Type.EMAIL,
            queue=cases,
            status=Status.ACTIVE,
            representative=harbor.ana,
            priority=Priority.HIGH,
        )
    response = page(harbor)
    assert [column["label"] for column in response.context["columns"]] == HEADINGS
    (row,) = response.context["rows"]
    assert (row.subject, row.record_type, row.case_number, row.regarding) == (
        "Torn awning",
        "E-mail",
        "CAS-01201",
        "Okafor household",
    )
    assert (row.queue, row.representative, row.status_label, row.priority) == ("Cases", "Ana Ruiz", "Active", "High")
    assert (row.wait_since, row.wait_fixed) == ("", "")
    text = response.content.decode()
    assert f'data-kind="days"></time></td><td class="c-created"><time datetime="{row.created_at}"' in text


def test_a_record_that_has_no_item_is_still_a_row(harbor, cases):
    with harbor.scope():
        make_conversation(channel=Channel.RECORD, queue=cases, record=None)
    (row,) = page(harbor).context["rows"]
    assert (row.record_type, row.case_number, row.regarding) == ("", "", "")


def test_formulas_and_markup_show_as_text(harbor, cases):
    with harbor.scope():
        record(
            '=HYPERLINK("http://example.com")',
            case_number="<b>1</b>",
            regarding="<script>alert(1)</script>",
            queue=cases,
        )
    text = page(harbor).content.decode()
    assert "=HYPERLINK(&quot;http://example.com&quot;)" in text
    assert "&lt;b&gt;1&lt;/b&gt;" in text
    assert "<script>alert(1)" not in text


def test_an_empty_list_says_why(harbor):
    assert "No ongoing record conversations" in page(harbor).content.decode()
    nothing = page(harbor, "?status=active").content.decode()
    assert "No conversation matches" in nothing
    assert "Show all ongoing record conversations" in nothing


def test_its_bar_has_the_commands_of_records_only(harbor):
    response = page(harbor)
    names = {each["name"] for each in response.context["commands"] + response.context["more_commands"]}
    assert not names & {"force_close", "message_customer", "notify", "monitor", "join"}
    assert response.context["history_url"]


def test_it_is_the_current_place_of_the_navigation(harbor):
    places = page(harbor).context["navigation"][0]["children"]
    assert [(place["label"], place["current"]) for place in places] == [
        ("All ongoing conversations", False),
        ("Ongoing record conversations", True),
    ]


def test_htmx_gets_the_part_it_asked_for(harbor):
    part = page(harbor, **HTMX).content.decode()
    assert part.lstrip().startswith("<section")
    assert f'ws-connect="/ws/o/{harbor.slug}/records/?' in part


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_who_is_no_supervisor_is_told_so(harbor, member):
    assert page(harbor, member=getattr(harbor, member)).status_code == 403


def test_a_foreign_organization_is_not_found_and_nothing_of_it_shows(harbor, summit):
    assert harbor.client(summit.supervisor).get(harbor.url("conversations/records/")).status_code == 404
    with summit.scope():
        make_conversation(channel=Channel.RECORD, subject="Of summit")
    assert shown(page(harbor)) == []


def test_a_scoped_supervisor_sees_the_scope_only(harbor, cases):
    with harbor.scope():
        hidden = make_queue("Secret cases", kind=Kind.RECORD)
        make_conversation(channel=Channel.RECORD, queue=hidden, subject="Not for scoped eyes")
        mine = make_conversation(channel=Channel.RECORD, queue=cases)
        harbor.scoped.queue_scopes.create(queue=cases)
    response = page(harbor, member=harbor.scoped)
    assert shown(response) == [mine.pk]
    assert "Secret cases" not in response.content.decode()


QUERIES = 19


@pytest.mark.parametrize("count", [1, 50, 200])
def test_the_page_is_read_in_a_fixed_number_of_queries(harbor, cases, django_assert_num_queries, count):
    with harbor.scope():
        make_conversations(count, channel=Channel.RECORD, queue=cases, status=Status.ACTIVE)
    client = harbor.client()
    client.get(harbor.url("conversations/records/"))
    with django_assert_num_queries(QUERIES):
        response = client.get(harbor.url("conversations/records/?size=200"))
    assert len(response.context["rows"]) == count


@pytest.mark.parametrize("sort", [column.sort for column, _ in RECORDS.columns])
@pytest.mark.parametrize("sign", ["", "-"])
def test_every_order_is_leafed_through_both_ways(harbor, cases, sort, sign):
    with harbor.scope():
        other = make_queue("Activities", kind=Kind.RECORD)
        for index in range(28):
            record(
                f"{'aBcD'[index % 4]} {index % 5}",
                case_number=f"CAS-{index % 9}" if index % 3 else "",
                regarding=f"Household {index % 4}" if index % 2 else "",
                record_type=RecordItem.Type.values[index % 3],
                queue=cases if index % 3 else other,
                status=Status.ACTIVE if index % 2 else Status.OPEN,
                priority=index % 3,
            )
    client = harbor.client()
    first = client.get(harbor.url(f"conversations/records/?size=25&sort={sign}{sort}"))
    second = client.get(first.context["pagination"]["next_url"])
    assert len(set(shown(first) + shown(second))) == 28
    assert second.context["pagination"]["next_url"] == ""
    assert shown(client.get(second.context["pagination"]["previous_url"])) == shown(first)
    assert not first.context["filter_notices"]


def test_records_without_a_case_number_come_last(harbor, cases):
    with harbor.scope():
        none, two, one = (record(case_number=number, queue=cases) for number in ("", "b-2", "A-1"))
    assert shown(page(harbor, "?sort=case_number")) == [one.pk, two.pk, none.pk]
    assert shown(page(harbor, "?sort=-case_number")) == [two.pk, one.pk, none.pk]


# --- The filter ---


def test_it_filters_by_type_queue_representative_priority_and_status(harbor, cases):
    with harbor.scope():
        mail = record(record_type=RecordItem.Type.EMAIL, queue=cases, priority=Priority.HIGH)
        held = record(queue=cases, status=Status.ACTIVE, representative=harbor.ana)
    for query, expected in {
        "record_type=email": [mail.pk],
        "record_type=case&record_type=activity": [held.pk],
        "priority=high": [mail.pk],
        "status=active": [held.pk],
        f"representative={harbor.ana.pk}": [held.pk],
        "representative=none": [mail.pk],
        f"queue={cases.pk}": [held.pk, mail.pk],
        f"queue={harbor.orders.pk}": [],
        "record_type=letter": [],
    }.items():
        assert shown(page(harbor, f"?{query}")) == expected, query


def test_it_offers_the_filters_of_records(harbor, cases):
    fields = {field["name"]: field for field in page(harbor).context["filter_fields"]}
    assert {"status", "queue", "representative", "priority", "record_type", "created"} <= set(fields)
    assert not {"channel", "mode", "sentiment", "wait_over"} & set(fields)
    assert [option["label"] for option in fields["status"]["options"]] == ["Open", "Active", "Closed"]
    assert [option["label"] for option in fields["queue"]["options"]] == ["Cases"]
    assert [option["label"] for option in fields["record_type"]["options"]] == ["Case", "E-mail", "Activity"]


def test_chips_and_pages_stay_on_its_address(harbor, cases):
    with harbor.scope():
        make_conversations(30, channel=Channel.RECORD, queue=cases)
    response = page(harbor, "?size=25&status=open")
    url = harbor.url("conversations/records/")
    assert response.context["pagination"]["next_url"].startswith(url)
    assert all(chip["remove_url"].startswith(url) for chip in response.context["chips"])
    assert all(column["sort_url"].startswith(url) for column in response.context["columns"])


# --- All that match ---


def test_all_that_match_are_records_only(harbor, cases):
    with harbor.scope():
        make_conversation(queue=harbor.orders)
        one = make_conversation(channel=Channel.RECORD, queue=cases)
        stored = page(harbor, "?status=open").context["page"]["query"]
        data = QueryDict(mutable=True)
        data["all"], data["query"] = "1", stored
        chosen = Selection.from_request(data, harbor.actor())
        assert list(chosen.queryset()) == [one]
        assert chosen.count == 1


def test_a_list_that_there_is_not_is_refused(harbor):
    with harbor.scope(), pytest.raises(Invalid):
        ConversationFilter.from_text("list=everything", harbor.actor())


def test_the_summary_speaks_of_the_commands_of_records(harbor, cases):
    with harbor.scope():
        one = make_conversation(channel=Channel.RECORD, queue=cases)
    url = page(harbor).context["selection"]["summary_url"]
    response = harbor.client().post(url, {"id": f"{one.pk}:{one.version}"})
    assert response.status_code == 200
    assert "force closed" not in response.content.decode()


# --- Live ---


def view(cast, query="", member=None, name="records"):
    return factory_of(name)(cast.actor(member), QueryDict(query))


def test_live_rows_are_those_of_the_page(harbor, cases):
    with harbor.scope():
        make_conversation(queue=harbor.orders)
        one = record("A & B", case_number="CAS-1", queue=cases)
        watched = view(harbor)
        assert watched.read().rows == ((one.pk, 1),)
        row = watched.render_rows([one.pk])[one.pk]
    assert row.strip() in page(harbor).content.decode()
    assert row.startswith(f'<tr id="conversation-{one.pk}"')


def test_what_is_closed_leaves(harbor, cases):
    with harbor.scope():
        one = record(queue=cases)
        watched = view(harbor)
        Conversation.objects.filter(pk=one.pk).update(status=Status.CLOSED, closed_at=timezone.now())
        assert watched.read().rows == ()
        assert 'id="count"' in watched.render_counters(watched.read().counters)


def test_it_shares_no_view_and_no_row_with_the_other_list(harbor):
    with harbor.scope():
        records, all_of_them = view(harbor), view(harbor, name="conversations")
    assert records.key != all_of_them.key
    assert records.render_key != all_of_them.render_key


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_watching_is_for_supervisors(harbor, member):
    with harbor.scope(), pytest.raises(Refused):
        view(harbor, member=getattr(harbor, member))


def test_foreign_rows_and_those_out_of_scope_are_not_rendered(harbor, summit, cases):
    with summit.scope():
        foreign = make_conversation(channel=Channel.RECORD)
    with harbor.scope():
        out_of_scope = record(queue=cases)
        assert view(harbor, member=harbor.scoped).render_rows([foreign.pk, out_of_scope.pk]) == {}
        assert view(harbor, member=harbor.scoped).read().rows == ()


@pytest.mark.parametrize("count", [1, 50, 200])
def test_a_read_is_two_queries_and_rendering_one(harbor, cases, django_assert_num_queries, count):
    with harbor.scope():
        rows = make_conversations(count, channel=Channel.RECORD, queue=cases)
        watched = view(harbor, "size=200")
        with django_assert_num_queries(2):
            watched.read()
        with django_assert_num_queries(1):
            assert len(watched.render_rows([row.pk for row in rows])) == count


def test_representatives_of_other_kinds_of_work_can_be_filtered_by(harbor, cases):
    with harbor.scope():
        ben = make_representative("Ben", queues=[cases])
        held = record(queue=cases, status=Status.ACTIVE, representative=ben)
    assert shown(page(harbor, f"?representative={ben.pk}")) == [held.pk]


def test_what_can_be_done_is_told_and_what_can_not_is_left_to_the_buttons(harbor, cases):
    with harbor.scope():
        one = record(queue=cases)
    url = harbor.url("conversations/selection-summary/?list=records")
    text = harbor.client().post(url, {"id": f"{one.pk}:{one.version}"}).content.decode()
    assert "1 can be removed" in text
    assert "can be released" not in text
    assert '<span hidden data-refuses="release">It is open and nobody is assigned.</span>' in text
