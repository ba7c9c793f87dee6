"""Small screens, dark rooms and assistive technology."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.steps import choose_reason, live, match_count, row
from tests.real_console import ROOT

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


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


def violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical, each with the first element concerned."""
    found = Axe.from_file(ROOT / "node_modules/axe-core/axe.min.js").run(page).response["violations"]
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    return [f"{page.url}: {each['help']}: {[node['html'][:200] for node in each['nodes']]}" for each in serious]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(theme, team, sign_in, watched):
    team.conversations(2, status="active", representative="Ana Ruiz")
    team.conversations(1, status="waiting")
    arrived = team.arrives("Axe to grind")
    found = []

    # Colours are judged where they end, not on their way there.
    look = {"color_scheme": theme, "reduced_motion": "reduce"}
    entrance = watched(**look).new_page()
    entrance.goto("/accounts/login/")
    found += violations(entrance)

    page = sign_in(team.email("supervisor"), **look)
    live(page)
    found += violations(page)
    page.get_by_role("checkbox", name=f"Select conversation {arrived['number']}").check()
    page.get_by_role("button", name="Force Close").click()
    dialog = page.get_by_role("dialog", name="Force close")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    found += violations(page)
    choose_reason(dialog)
    dialog.get_by_role("button", name="Proceed").click()
    status = page.get_by_role("link", name="Bulk action status")
    expect(status).to_be_visible()
    found += violations(page)
    status.click()
    expect(page.get_by_text("Completed", exact=True)).to_be_visible()
    found += violations(page)
    page.get_by_role("link", name="Back to Action History").click()
    expect(page.get_by_role("row", name=re.compile("Force Close"))).to_be_visible()
    found += violations(page)
    page.goto(team.path(f"conversations/{arrived['id']}/"))
    expect(page.get_by_role("heading", level=1, name="Axe to grind")).to_be_visible()
    found += violations(page)
    page.goto(team.path("nowhere/"))
    found += violations(page)
    assert not found, "\n".join(found)
