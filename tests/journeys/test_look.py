"""Small screens, dark rooms and assistive technology."""

import re

from playwright.sync_api import expect

from tests.journeys.axe import STILL, violations_in_both_themes
from tests.journeys.steps import PHONE, choose_reason, live, match_count, row


def test_on_a_phone_the_list_is_cards_and_force_close_works(team, sign_in):
    arrived = team.arrives("Parcel at the neighbour's")
    page = sign_in(team.email("supervisor"), **PHONE)
    live(page)
    card = row(page, "Parcel at the neighbour's")
    expect(card).to_be_visible()
    assert card.bounding_box()["height"] > 60
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("checkbox", name=f"Select conversation {arrived['number']}").check()
    page.get_by_role("button", name="Force Close").click()
    dialog = page.get_by_role("dialog", name="Force close")
    assert dialog.bounding_box()["width"] <= 390
    choose_reason(dialog)
    dialog.get_by_role("button", name="Proceed").click()
    expect(card).to_be_hidden()
    assert match_count(page) == "0"


def test_the_theme_is_kept_from_page_to_page(team, sign_in):
    page = sign_in(team.email("supervisor"), color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.get_by_title("Colour theme").click()
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(background)
    assert dark != light
    page.reload()
    assert page.evaluate(background) == dark
    page.get_by_role("link", name="Action History").first.click()
    expect(page.get_by_role("heading", level=1, name="Action History")).to_be_visible()
    assert page.evaluate(background) == dark


def test_axe_finds_nothing_serious(team, sign_in, watched):
    team.conversations(2, status="active", representative="Ana Ruiz")
    team.conversations(1, status="waiting")
    arrived = team.arrives("Axe to grind")
    found = []

    entrance = watched(**STILL).new_page()
    entrance.goto("/accounts/login/")
    found += violations_in_both_themes(entrance)

    page = sign_in(team.email("supervisor"), **STILL)
    live(page)
    found += violations_in_both_themes(page)
    page.get_by_role("checkbox", name=f"Select conversation {arrived['number']}").check()
    page.get_by_role("button", name="Force Close").click()
    dialog = page.get_by_role("dialog", name="Force close")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    found += violations_in_both_themes(page)
    choose_reason(dialog)
    dialog.get_by_role("button", name="Proceed").click()
    status = page.get_by_role("link", name="Bulk action status")
    status.hover()  # it stays as long as somebody is about to use it
    found += violations_in_both_themes(page)
    status.click()
    expect(page.get_by_text("Completed", exact=True)).to_be_visible()
    found += violations_in_both_themes(page)
    page.get_by_role("link", name="Back to Action History").click()
    expect(page.get_by_role("row", name=re.compile("Force Close"))).to_be_visible()
    found += violations_in_both_themes(page)
    page.goto(team.path(f"conversations/{arrived['id']}/"))
    expect(page.get_by_role("heading", level=1, name="Axe to grind")).to_be_visible()
    found += violations_in_both_themes(page)
    page.goto(team.path("nowhere/"))
    found += violations_in_both_themes(page)
    assert not found, "\n".join(found)
