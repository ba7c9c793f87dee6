"""Routing the records of a file: each once, with a report of what was refused and why."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contact_center.management.commands import import_records
from conversations.models import Conversation, Customer, RecordItem
from routing.kinds import Channel, Kind
from tests import factories, invariants

HEADER = "external_id,record_type,title,case_number,regarding,queue,priority"


@pytest.fixture
def cases(harbor):
    with harbor.scope():
        queue = factories.make_queue("Cases", kind=Kind.RECORD)
        factories.make_work_stream(Channel.RECORD, queue=queue, slug="records")
        return queue


@pytest.fixture
def import_(tmp_path):
    """Run the command on a text; what it said on both channels, and why it failed."""

    def run(text, name="records.csv", slug="harbor", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        said, complained, failure = StringIO(), StringIO(), ""
        try:
            call_command("import_records", str(path), organization=slug, stdout=said, stderr=complained, **options)
        except CommandError as error:
            failure = str(error)
        return said.getvalue(), complained.getvalue(), failure

    return run


def csv_of(*lines):
    return "\n".join((HEADER, *lines)) + "\n"


def line_of(number, **changes):
    record = {"external_id": f"case-{number}", "record_type": "case", "title": f"Case {number}", "queue": "Cases"}
    return json.dumps(record | changes)


def records(cast):
    with cast.scope():
        return list(RecordItem.objects.order_by("pk"))


def test_a_csv_file_is_routed(harbor, cases, import_):
    said, complained, failure = import_(
        csv_of(
            "c1,case,Torn awning,CAS-01201,Okafor household,Cases,high",
            'm1,email,"Invoice, ""urgent""",,,Cases,',
            f"a1,activity,=1+1,,<b>x</b>,{cases.pk},low",
        )
    )
    assert (said, complained, failure) == ("3 conversations opened, 0 found again, 0 lines refused.\n", "", "")
    one, two, three = records(harbor)
    assert (one.record_type, one.case_number, one.regarding) == ("case", "CAS-01201", "Okafor household")
    assert two.title == 'Invoice, "urgent"'
    assert (three.title, three.regarding) == ("=1+1", "<b>x</b>")
    with harbor.scope():
        assert list(Conversation.objects.order_by("pk").values_list("queue_id", "priority", "record_reference")) == [
            (cases.pk, 2, "CAS-01201 Okafor household"),
            (cases.pk, 1, ""),
            (cases.pk, 0, "<b>x</b>"),
        ]
        invariants.assert_all()


def test_json_lines_are_routed_with_their_customers(harbor, cases, import_):
    customer = {"external_id": "k1", "name": "Amara Okafor", "email": "amara@example.com"}
    said, _, failure = import_(
        "\n".join([line_of(1, customer=customer), "", line_of(2, work_stream="records", queue=cases.pk)]),
        "records.jsonl",
    )
    assert (said, failure) == ("2 conversations opened, 0 found again, 0 lines refused.\n", "")
    with harbor.scope():
        assert Customer.objects.get().email == "amara@example.com"


def test_a_csv_file_names_customers_in_columns_of_their_own(harbor, cases, import_):
    header = "external_id,record_type,title,work_stream,customer_external_id,customer_name"
    _, complained, _ = import_(f"\ufeff{header}\nc1,case,One,records,k1,Amara\nc2,case,Two,records,k2,\n")
    assert complained == "line 3: customer.name: This is required.\n"
    with harbor.scope():
        assert Customer.objects.get().name == "Amara"


def test_a_second_run_finds_everything_again(harbor, cases, import_):
    text = csv_of("c1,case,One,,,Cases,", "c2,case,Two,,,Cases,")
    import_(text)
    said, _, failure = import_(text)
    assert (said, failure) == ("0 conversations opened, 2 found again, 0 lines refused.\n", "")
    assert len(records(harbor)) == 2


def test_refused_lines_are_told_with_number_and_reason_and_stop_no_other(harbor, cases, import_):
    said, complained, failure = import_(
        csv_of(
            "c1,case,One,,,Cases,",
            "c2,letter,Two,,,Cases,",
            'c3,case,"Three',
            'goes on",,,Nowhere,',
            "c4,case,Four",
            "",
            "c1,case,Again,,,Cases,",
            ",case,Six,,,Cases,urgent",
            "c7,case,Seven,,,Orders,",
            "c8,case,Eight,,,Cases,",
        )
    )
    assert complained.splitlines() == [
        "line 3: record_type: This must be one of 'case', 'email' or 'activity'.",
        "line 4: queue: There is no queue “Nowhere”.",
        "line 6: it has 3 cells, and the header has 7",
        "line 8: the external_id c1 stands on line 2 already",
        "line 9: external_id: This is required.; priority: This must be one of 'low', 'normal' or 'high'.",
        "line 10: queue: The queue “Orders” isn't for records.",
    ]
    assert said == "2 conversations opened, 0 found again, 6 lines refused.\n"
    assert failure == "6 lines refused."
    assert [item.external_id for item in records(harbor)] == ["c1", "c8"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "this is not JSON"),
        ("[1]", "this is not an object"),
        ('{"external_id": "x"}', "record_type: This is required.; title: This is required."),
        (line_of(1, colour="blue"), "colour: There is no such field."),
        (line_of(1, title="a\0b"), "title: This contains the character NUL, which cannot be stored."),
        (line_of(1, queue=None), "Name a queue or a work stream."),
        ("[" * 100_000, "this is not JSON"),
    ],
)
def test_json_that_makes_no_sense_is_refused(harbor, cases, import_, line, reason):
    _, complained, failure = import_(f"{line}\n{line_of(2)}\n", "records.jsonl")
    assert complained == f"line 1: {reason}\n"
    assert failure == "1 line refused."
    assert len(records(harbor)) == 1


def test_a_dry_run_says_the_same_and_stores_nothing(harbor, cases, import_):
    import_(csv_of("c1,case,One,,,Cases,"))
    text = csv_of("c1,case,One,,,Cases,", "c2,case,Two,,,Cases,", "c3,case,Three,,,Nowhere,")
    said, complained, failure = import_(text, dry_run=True)
    assert said == "1 conversation would be opened, 1 found again, 1 line refused.\n"
    assert complained == "line 4: queue: There is no queue “Nowhere”.\n"
    assert failure == "1 line refused."
    assert len(records(harbor)) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The header lacks the columns external_id, record_type, title."),
        ("external_id,title\n", "The header lacks the columns record_type."),
        (f"{HEADER},colour\n", "There is no column “colour”."),
        (f"{HEADER},queue\n", "The header names a column twice."),
        ('external_id,"record', "The header can't be read"),
        (HEADER.encode() + b"\n\xff\xfe", "can't be read"),
    ],
)
def test_a_file_that_says_nothing_is_refused_as_a_whole(harbor, cases, import_, text, sentence):
    _, _, failure = import_(text)
    assert sentence in failure
    assert records(harbor) == []


def test_what_is_not_there_or_could_be_anything_is_said(harbor, cases, import_):
    assert "could be anything" in import_("x", "records.txt")[2]
    assert import_(csv_of("c1,case,One,,,Cases,"), "records.txt", format="csv")[2] == ""
    assert "There is no organization nowhere." in import_(csv_of(), slug="nowhere")[2]
    with pytest.raises(CommandError, match="can't be read"):
        call_command("import_records", "/nowhere/records.csv", organization="harbor")


def test_names_of_another_organization_are_unknown(harbor, summit, cases, import_):
    _, complained, _ = import_(csv_of(f"c1,case,One,,,{cases.pk},", "c2,case,Two,,,Cases,"), slug="summit")
    assert complained.count("There is no queue") == 2
    assert records(summit) == []


def test_a_batch_takes_a_fixed_number_of_queries(harbor, cases, import_, monkeypatch):
    numbers = []
    for count in (1, 50, 200):
        text = csv_of(*(f"b{count}-{number},case,Case,,,Cases," for number in range(count)))
        with CaptureQueriesContext(connection) as captured:
            import_(text)
        numbers.append(len(captured))
    assert numbers[0] == numbers[1] == numbers[2]
    assert len(records(harbor)) == 251


def test_progress_is_told_while_it_takes_long(harbor, cases, import_, monkeypatch):
    monkeypatch.setattr(import_records, "BATCH", 2)
    monkeypatch.setattr(import_records, "PROGRESS_SECONDS", -1.0)
    said, _, _ = import_(csv_of(*(f"c{number},case,Case,,,Cases," for number in range(5))))
    assert said.splitlines()[:3] == ["2 records …", "4 records …", "5 records …"]
