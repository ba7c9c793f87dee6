"""Assign work item and Transfer work item in the browser: by pointer, by keys alone, on a phone, and for axe."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import STILL, violations
from tests.journeys.steps import PHONE, live, row

PEOPLE = [
    {"name": "Ben Osei", "presence": "busy", "units_used": 90, "skills": {"refunds": 8, "spanish": 10}},
    {"name": "Chloé Martin", "presence": "away"},
    {"name": "Dov Katz", "queue": "Refunds"},
]


def picture(page: Page, name: str) -> None:
    """Keeps what it looks like where PICTURES says, for people who want to see it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.fixture
def people(team):
    team.seeder("representatives", slug=team.slug, people=PEOPLE)


def test_one_is_assigned_to_a_busy_representative_after_a_look_at_who_exceeds(team, people, sign_in):
    team.conversations(1, subject="Where is my parcel?")
    page = sign_in(team.email("supervisor"))
    live(page)
    row(page, "Where is my parcel?").get_by_role("checkbox").check()
    page.get_by_role("button", name="Assign", exact=True).click()
    dialog = page.get_by_role("dialog", name="Assign work item")
    expect(dialog.get_by_role("tab", name="Find an agent")).to_have_attribute("aria-selected", "true")
    expect(dialog.get_by_role("radio")).to_have_count(2)
    picture(page, "assign-people")
    dialog.get_by_role("switch", name="Show others").check()
    expect(dialog.get_by_role("radio")).to_have_count(4)
    picture(page, "assign-others")
    dialog.get_by_label("Name").first.fill("ben")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    dialog.get_by_role("radio", name="Ben Osei").check()
    expect(dialog.get_by_text("Ben Osei would exceed by 20 units.")).to_be_visible()
    picture(page, "assign-chosen")
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("was offered to Ben Osei, who now exceeds by 20 units")).to_be_visible()
    expect(dialog).to_be_hidden()
    expect(row(page, "Where is my parcel?")).to_contain_text("awaiting acceptance")


def test_several_skills_are_chosen_by_keys_and_escape_closes_the_filter_alone(team, people, sign_in):
    team.conversations(1, subject="Asked in Spanish")
    page = sign_in(team.email("supervisor"))
    live(page)
    keys = page.keyboard
    keys.press("j")
    keys.press("a")
    dialog = page.get_by_role("dialog", name="Assign work item")
    expect(dialog.get_by_role("radio")).to_have_count(2)
    filters = dialog.locator("summary")
    filters.nth(1).focus()
    keys.press("Enter")
    expect(dialog.get_by_role("checkbox", name="refunds")).to_be_focused()
    keys.press("Space")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    keys.press("Tab")
    keys.press("Space")
    expect(filters.nth(1)).to_have_text("refunds, spanish")
    assert violations(page) == []
    keys.press("Escape")
    expect(filters.nth(1)).to_be_focused()
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("radio", name="Ben Osei")).to_be_visible()
    keys.press("Escape")
    expect(dialog).to_be_hidden()


def test_one_is_moved_to_a_queue_by_keys_alone(team, people, sign_in):
    team.conversations(1, subject="Wrong queue")
    page = sign_in(team.email("supervisor"))
    live(page)
    keys = page.keyboard
    keys.press("j")
    keys.press("a")
    dialog = page.get_by_role("dialog", name="Assign work item")
    expect(dialog.get_by_label("Name").first).to_be_focused()
    # Enter in a filter filters; it doesn't assign.
    keys.type("ana")
    keys.press("Enter")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    dialog.get_by_role("tab", name="Find an agent").focus()
    keys.press("ArrowRight")
    expect(dialog.get_by_role("tab", name="Find a queue")).to_be_focused()
    expect(dialog.get_by_role("tabpanel", name="Find a queue")).to_be_visible()
    keys.press("Tab")
    keys.type("Ref")
    expect(dialog.get_by_role("radio")).to_have_count(1)
    keys.press("Tab")
    keys.press("Space")
    expect(dialog.get_by_text("Refunds has 0 waiting, takes on 1 more.")).to_be_visible()
    picture(page, "assign-queue")
    keys.press("Enter")
    expect(page.get_by_text("was assigned to Refunds")).to_be_visible()
    expect(row(page, "Wrong queue")).to_contain_text("Refunds")


def test_many_go_to_a_queue(team, people, sign_in):
    team.conversations(3, subject="Storm")
    team.conversations(1, subject="Held", status="active", representative="Ana Ruiz")
    page = sign_in(team.email("supervisor"))
    live(page)
    page.get_by_role("button", name="Select page").click()
    expect(page.get_by_role("button", name="Transfer")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog", name="Assign work item")
    expect(dialog).to_contain_text("3 will be assigned. 1 won’t.")
    expect(dialog.get_by_role("tab", name="Find an agent")).to_have_attribute("aria-disabled", "true")
    dialog.get_by_role("radio", name="Refunds").check()
    expect(dialog.get_by_text("Refunds has 0 waiting, takes on 3 more.")).to_be_visible()
    picture(page, "assign-many")
    dialog.get_by_role("button", name="Assign", exact=True).click()
    expect(page.get_by_text("Assign started")).to_be_visible()
    expect(row(page, "Storm 1")).to_contain_text("Refunds")


def test_a_transfer_shows_pending_until_it_is_accepted(team, people, sign_in):
    team.conversations(1, subject="Hand over", status="active", representative="Ana Ruiz")
    page = sign_in(team.email("supervisor"))
    live(page)
    page.keyboard.press("j")
    page.keyboard.press("t")
    dialog = page.get_by_role("dialog", name="Transfer work item")
    expect(dialog.get_by_text("Only intent-based conversations and records")).to_be_visible()
    dialog.get_by_role("radio", name="Ben Osei").check()
    picture(page, "transfer")
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(row(page, "Hand over")).to_contain_text("transfer pending")
    row(page, "Hand over").get_by_role("link").first.click()
    expect(page.get_by_text("transfer pending")).to_be_visible()
    expect(page.get_by_role("button", name="Transfer")).to_have_attribute("aria-disabled", "true")


def test_on_a_phone_with_two_hundred_people_it_fills_the_screen_and_axe_is_content(team, people, sign_in):
    many = [{"name": f"Person {number:03}", "units_used": number} for number in range(200)]
    team.seeder("representatives", slug=team.slug, people=many)
    team.conversations(1, subject="Where is my parcel?")
    page = sign_in(team.email("supervisor"), **PHONE, **STILL, color_scheme="dark")
    live(page)
    page.get_by_role("checkbox", name=re.compile("Select conversation")).first.check()
    page.get_by_role("button", name="Assign", exact=True).click()
    dialog = page.get_by_role("dialog", name="Assign work item")
    expect(dialog.get_by_role("radio")).to_have_count(200)
    expect(dialog).to_contain_text("The first 200 of 202 are listed.")
    box = dialog.bounding_box()
    assert (box["width"], box["height"]) == (390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    picture(page, "phone")
    found = violations(page)
    dialog.get_by_role("tab", name="Find a queue").click()
    picture(page, "phone-queues")
    found += violations(page)
    assert found == []
    wide = sign_in(team.email("second"), **STILL, color_scheme="light")
    live(wide)
    wide.keyboard.press("j")
    wide.keyboard.press("a")
    expect(wide.get_by_role("dialog", name="Assign work item").get_by_role("radio")).to_have_count(200)
    picture(wide, "wide")
    assert violations(wide) == []
