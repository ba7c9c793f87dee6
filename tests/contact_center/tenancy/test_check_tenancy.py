"""The command that checks the walls of a live database: silent when they stand, exit status 1 when one is open."""

import pytest
from django.core.management import call_command
from django.db import connections

from contact_center.tenancy import row_security
from contact_center.tenancy.inspection import CHECKS


def check(capsys):
    """Exit status and output."""
    try:
        call_command("check_tenancy")
        status = 0
    except SystemExit as ended:
        status = ended.code
    return status, capsys.readouterr()


def test_standing_walls_are_listed_one_by_one(harbor, summit, capsys):
    status, said = check(capsys)
    assert status == 0
    assert [title for title in CHECKS if title not in said.out] == []
    assert "open" not in said.out
    assert "All walls stand" in said.out


# What is opened, how it is closed again where `row_security.apply` doesn't, and what is said.
HOLES = [
    ("alter table routing_queue disable row level security", "", "routing_queue: row security is off."),
    ("drop policy organization_only on routing_queue", "", "routing_queue: its only policy must be"),
    (
        "create policy everything on routing_queue using (true)",
        "drop policy everything on routing_queue",
        "routing_queue: its only policy must be organization_only",
    ),
    (
        "grant truncate on routing_queue to {runtime}",
        "revoke truncate on routing_queue from {runtime}",
        "routing_queue: the runtime role also has TRUNCATE.",
    ),
    ("grant update on audit_auditevent to {runtime}", "", "audit_auditevent: the runtime role also has UPDATE."),
    (
        "alter table routing_queuemember drop constraint routing_queuemember_queue_id_same_organization",
        "",
        "routing_queuemember.queue_id: nothing in the database keeps it",
    ),
    (
        "create view everything as select * from routing_queue",
        "drop view everything",
        "everything: a view without security_invoker",
    ),
    (
        "create table loose (organization_id bigint)",
        "drop table loose",
        "loose: has an organization but belongs to no tenant model.",
    ),
    (
        "create function peek() returns text language sql security definer as 'select 1::text'",
        "drop function peek()",
        "peek(): looks across organizations and isn't in the list",
    ),
    (
        "alter function organizations_of_user(bigint) reset search_path",
        "",
        "organizations_of_user(): its search_path must be",
    ),
]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize(("opened", "closed", "said"), HOLES, ids=[said.partition(":")[0] for _, _, said in HOLES])
def test_an_open_wall_is_named_and_fails(opened, closed, said, capsys):
    runtime = f'"{connections["default"].settings_dict["USER"]}"'
    assert check(capsys)[0] == 0
    with connections["owner"].cursor() as cursor:
        cursor.execute(opened.format(runtime=runtime))
        try:
            status, told = check(capsys)
        finally:
            if closed:
                cursor.execute(closed.format(runtime=runtime))
            row_security.apply(connections["owner"])
    assert status == 1
    assert said in told.out
    assert check(capsys)[0] == 0
