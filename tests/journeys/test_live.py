"""Rows that move by themselves, hold still while one selects, and are complete again after the line was lost."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import filter_by, live, match_count, row, subjects


def test_rows_change_in_place_and_leave_when_they_stop_matching(team, sign_in):
    arrived = team.arrives("Wrong size")
    page = sign_in(team.email("supervisor"))
    live(page)
    expect(row(page, "Wrong size")).to_contain_text("Open")
    team.answers(arrived["id"])
    expect(row(page, "Wrong size")).to_contain_text("Active")
    expect(row(page, "Wrong size")).to_contain_text("Ana Ruiz")

    filter_by(page, "Status", "Active")
    live(page)
    team.ends(arrived["id"])
    expect(row(page, "Wrong size")).to_be_hidden()
    expect(page.get_by_role("heading", name="No conversation matches")).to_be_visible()


def test_while_rows_are_selected_updates_wait_until_they_are_asked_for(team, sign_in):
    first = team.arrives("First in line")
    second = team.arrives("Second in line")
    page = sign_in(team.email("supervisor"))
    live(page)
    box = page.get_by_role("checkbox", name=f"Select conversation {first['number']}")
    box.check()

    team.answers(first["id"])
    team.answers(second["id"])
    team.arrives("Third in line")
    expect(page.get_by_role("button", name=re.compile("3 updates waiting"))).to_be_visible()
    # Nothing has moved under the hand.
    assert subjects(page) == ["Second in line", "First in line"]
    expect(row(page, "First in line")).to_contain_text("Open")

    page.get_by_role("button", name=re.compile("show them")).click()
    expect(row(page, "Third in line")).to_be_visible()
    expect(row(page, "First in line")).to_contain_text("Active")
    expect(box).to_be_checked()
    expect(page.get_by_text("1 selected", exact=True)).to_be_visible()
    # Those have been let in; the sentiment of what was said may bring others at any moment.
    expect(page.get_by_role("button", name=re.compile("3 updates waiting"))).to_be_hidden()

    # Letting go of the selection lets the updates in as well.
    team.arrives("Fourth in line")
    expect(page.get_by_role("button", name=re.compile(r"^\d updates? waiting"))).to_be_visible()
    assert subjects(page) == ["Third in line", "Second in line", "First in line"]
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(row(page, "Fourth in line")).to_be_visible()
    assert match_count(page) == "4"


def test_after_a_lost_line_the_list_is_complete_again(team, sign_in, console):
    team.arrives("Before the fault")
    page = sign_in(team.email("supervisor"))
    live(page)
    console.kill("web")
    expect(page.get_by_text("Reconnecting, data as of")).to_be_visible()
    # Customers are not waiting for the web process: this one comes in while it is away.
    team.conversations(1, subject="During the fault", minutes_ago=0)

    console.start_web()
    live(page)
    expect(row(page, "During the fault")).to_be_visible()
    expect(row(page, "Before the fault")).to_be_visible()
    team.arrives("After the fault")
    expect(row(page, "After the fault")).to_be_visible()
    assert match_count(page) == "3"
