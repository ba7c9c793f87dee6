"""What supervisors do again and again, by the names they read."""

import re

from playwright.sync_api import Locator, Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def live(page: Page) -> None:
    """Wait until the page says that it is kept current."""
    expect(page.locator("#live-badge").get_by_text("Live", exact=True)).to_be_visible()


def row(page: Page, words: str) -> Locator:
    return page.get_by_role("row", name=re.compile(re.escape(words)))


def subjects(page: Page) -> list[str]:
    """The first column in words, from top to bottom."""
    table = page.get_by_role("table", name="All ongoing conversations")
    rows = table.get_by_role("row").filter(has=page.get_by_role("checkbox", name="Select conversation"))
    return rows.get_by_role("link").all_inner_texts()


def match_count(page: Page) -> str:
    """How many match, as the header says."""
    return page.get_by_title("Conversations that match").inner_text()


def choose_reason(dialog: Locator, label: str = "Outage resolved") -> None:
    dialog.get_by_label("Reason").select_option(label=label)


def run_counts(page: Page) -> dict[str, str]:
    """The numbers of a run, by the word above each."""
    words = page.get_by_role("term").all_text_contents()
    numbers = page.get_by_role("definition").all_text_contents()
    named = dict(zip(words, numbers, strict=True))
    return {name: named[name] for name in ("Succeeded", "Skipped", "Failed", "Pending", "Total")}


def filter_by(page: Page, field: str, *values: str) -> None:
    page.get_by_role("group", name="Filters").get_by_text("Filter", exact=True).click()
    choices = page.get_by_role("group", name=field, exact=True)
    if not choices.is_visible():
        page.locator("summary").filter(has_text=re.compile(f"^{re.escape(field)}")).click()
    for value in values:
        choices.get_by_role("checkbox", name=value, exact=True).check()
    page.get_by_role("button", name="Apply").click()
