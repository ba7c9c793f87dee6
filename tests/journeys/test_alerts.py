"""An alert's way: a figure crosses its threshold, the bell rings, somebody opens it and takes it on, it is over."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.steps import live

# The beat looks every 15 s.
NEXT_LOOK_MS = 40_000


def open_bell(page: Page):
    page.get_by_title("Notifications").last.click()
    return page.locator("#bell").get_by_role("region", name="Alerts")


def test_from_the_crossing_to_the_history(team, sign_in):
    team.alert_about("metric_longest_wait")
    page = sign_in(team.email("supervisor"))
    live(page)
    (waits,) = team.conversations(1, subject="Waits too long", minutes_ago=10)
    title = "Current longest wait in Orders: Critical"

    # It rings, and leads to what it is about.
    expect(page.locator("#bell-count")).to_contain_text("1", timeout=NEXT_LOOK_MS)
    open_bell(page).get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1, name="All ongoing conversations")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Waits too long"))).to_be_visible()
    expect(page.get_by_role("group", name="View and filters")).to_contain_text("Orders")

    # One takes it on; the other's bell falls silent and says who.
    other = sign_in(team.email("second"))
    expect(other.locator("#bell-count")).to_contain_text("1")
    live(page)
    open_bell(page).get_by_role("button", name="Acknowledge").click()
    expect(other.locator("#bell-count")).to_be_hidden()
    expect(open_bell(other)).to_contain_text("Supervisor is on it")

    # The history says who was told and who has it, and follows what happens.
    page.locator("#bell").get_by_role("link", name="Alerts", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Alerts")).to_be_visible()
    live(page)
    entry = page.get_by_role("row", name=re.compile(re.escape(title)))
    expect(entry).to_contain_text("Open")
    expect(entry).to_contain_text("2 people")
    expect(entry).to_contain_text(re.compile("Supervisor, "))
    team.answers(waits)
    expect(entry).to_contain_text("Back since", timeout=NEXT_LOOK_MS)


def test_stuck_work_is_counted_and_found(team, sign_in):
    team.conversations(2, subject="Left behind", status="wrap_up", representative="Ana Ruiz", minutes_ago=30)
    page = sign_in(team.email("supervisor"), team.path("notifications/alerts/"))
    stuck = page.get_by_role("navigation", name="Stuck work")
    expect(stuck.get_by_role("link", name=re.compile("Wrap-up overdue"))).to_contain_text("2")
    expect(stuck.get_by_role("link", name=re.compile("Transfer unanswered"))).to_contain_text("0")
    stuck.get_by_role("link", name=re.compile("Wrap-up overdue")).click()
    expect(page.get_by_role("row", name=re.compile("Left behind 1"))).to_be_visible()
    expect(page.get_by_role("button", name="Force Close")).to_be_visible()
