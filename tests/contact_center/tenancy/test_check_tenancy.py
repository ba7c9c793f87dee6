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


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize(
    ("opened", "said"),
    [
        ("alter table routing_queue disable row level security", "routing_queue: row security is off."),
        ("drop policy organization_only on routing_queue", "routing_queue: its only policy must be"),
        (
            "create policy everything on routing_queue using (true)",
            "routing_queue: its only policy must be organization_only",
        ),
        ("grant truncate on routing_queue to {runtime}", "routing_queue: the runtime role also has TRUNCATE."),
        ("grant update on audit_auditevent to {runtime}", "audit_auditevent: the runtime role also has UPDATE."),
        ("grant {owner} to {runtime}", "may act as"),
        ("grant create on schema public to {runtime}", "may create tables and functions"),
        (
            "alter table routing_queuemember drop constraint routing_queuemember_queue_id_same_organization",
            "routing_queuemember.queue_id: nothing in the database keeps it",
        ),
        ("create view everything as select * from routing_queue", "everything: a view without security_invoker"),
        ("create table loose (organization_id bigint)", "loose: has an organization but belongs to no tenant model."),
        (
            "create function peek() returns text language sql security definer as 'select 1::text'",
            "peek(): looks across organizations and isn't in the list",
        ),
        (
            "alter function organizations_of_user(bigint) reset search_path",
            "organizations_of_user(): its search_path must be",
        ),
    ],
)
def test_an_open_wall_is_named_and_fails(opened, said, capsys):
    owner, runtime = (f'"{connections[alias].settings_dict["USER"]}"' for alias in ("owner", "default"))
    before = check(capsys)[0]
    with connections["owner"].cursor() as cursor:
        cursor.execute(opened.format(owner=owner, runtime=runtime))
        try:
            status, told = check(capsys)
        finally:
            for undo in UNDO.get(opened.split()[0], ()):
                cursor.execute(undo.format(owner=owner, runtime=runtime))
            row_security.apply(connections["owner"])
    assert (before, status) == (0, 1)
    assert said in told.out
    assert check(capsys)[0] == 0


# After each of them `row_security.apply`, as after a migration, brings the rest back.
UNDO = {
    "create": (
        "drop policy if exists everything on routing_queue",
        "drop view if exists everything",
        "drop table if exists loose",
        "drop function if exists peek()",
    ),
    "grant": (
        "revoke truncate on routing_queue from {runtime}",
        "revoke {owner} from {runtime}",
        "revoke create on schema public from {runtime}",
    ),
}
