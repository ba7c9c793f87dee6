"""Reports: one of one's own from the first tick to its end, the ongoing report held still, the wallboard on a wall."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.axe import STILL, violations_in_both_themes
from tests.journeys.steps import live, row


def figure(page: Page, name: str, label: str):
    """The cell of this column in the row that begins with the name."""
    table = page.get_by_role("table", name="Figures")
    heads = table.get_by_role("columnheader").all_inner_texts()
    place = next(number for number, head in enumerate(heads) if head.startswith(label))
    found = table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name, exact=True))
    return found.locator("> span").nth(place)


def test_a_report_is_made_opened_saved_shared_and_deleted(team, sign_in):
    team.reports()
    team.conversations(2, subject="Late parcel")
    team.conversations(1, subject="Gift card", queue="Refunds")
    page = sign_in(team.email("supervisor"), **STILL)

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Reports", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Reports")).to_be_visible()
    found = violations_in_both_themes(page)
    page.get_by_role("link", name="New report").click()
    page.get_by_role("checkbox", name="Queue backlog", exact=True).check()
    page.get_by_role("checkbox", name="Plot Queue backlog", exact=True).check()
    page.get_by_label("Split by").select_option("Hour")
    expect(page.get_by_text("Queue backlog can’t be split by hour")).to_be_visible()
    page.get_by_label("Split by").select_option("Queue")
    expect(page.get_by_text("Queue backlog can’t be split by hour")).to_have_count(0)
    found += violations_in_both_themes(page)
    page.get_by_role("button", name="Show report").click()

    live(page)
    expect(figure(page, "Orders", "Queue backlog")).to_have_text(re.compile("2"))
    found += violations_in_both_themes(page)
    figure(page, "Refunds", "Queue backlog").get_by_role("link").click()
    expect(page.get_by_text("Queue backlog, Refunds")).to_be_visible()
    expect(row(page, "Gift card")).to_be_visible()
    expect(row(page, "Late parcel")).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Remove filter Behind the figure")).click()
    expect(row(page, "Late parcel 1")).to_be_visible()

    # The commands of the list, on the report's own rows.
    page.get_by_role("row", name=re.compile("Late parcel 1")).get_by_role("checkbox").check()
    page.get_by_role("button", name="Force Close").click()
    dialog = page.get_by_role("dialog", name="Force close")
    dialog.get_by_label("Reason").select_option(label="Outage resolved")
    dialog.get_by_role("button", name="Proceed").click()
    expect(row(page, "Late parcel 1")).to_have_count(0)
    expect(figure(page, "Orders", "Queue backlog")).to_have_text(re.compile("1"), timeout=30_000)

    page.get_by_role("button", name="Save report").click()
    dialog = page.get_by_role("dialog", name="Save report")
    dialog.get_by_label("Name of the new report").fill("Backlog by queue")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Backlog by queue")).to_be_visible()
    page.get_by_label("More for the report Backlog by queue").click()
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share “Backlog by queue”")
    dialog.get_by_label("The whole organization", exact=True).check()
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_text("is shared as you chose")).to_be_visible()

    other = sign_in(team.email("scoped"))
    other.get_by_role("link", name="Reports", exact=True).click()
    expect(other.get_by_role("heading", level=2, name="The organization’s reports")).to_be_visible()
    other.get_by_role("link", name="Backlog by queue").click()
    expect(other.get_by_text("Your queues: Refunds")).to_be_visible()
    expect(other.get_by_role("rowheader", name="Orders")).to_have_count(0)

    page.get_by_label("More for the report Backlog by queue").click()
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete “Backlog by queue”")
    expect(dialog.get_by_text("The whole organization")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("The report “Backlog by queue” is deleted.")).to_be_visible()
    assert not found, "\n".join(found)


def test_a_paused_report_stands_still_counts_what_it_holds_and_catches_up(team, sign_in):
    team.conversations(1, subject="Late parcel")
    page = sign_in(team.email("supervisor"))
    page.get_by_role("link", name="Ongoing conversation report").click()
    live(page)
    ongoing = page.locator("li").filter(has_text="Ongoing conversations").filter(has_text="See details")
    expect(ongoing).to_contain_text("1")
    page.get_by_role("button", name="Pause updates").click()
    expect(page.get_by_text(re.compile(r"^Paused, data as of \d"))).to_be_visible()
    team.arrives("Gift card")
    expect(page.get_by_role("button", name=re.compile(r"^\d+ updates? waiting"))).to_be_visible()
    page.wait_for_timeout(4_000)
    expect(row(page, "Gift card")).to_have_count(0)
    expect(ongoing).to_contain_text("1")
    page.get_by_role("button", name="Resume updates").click()
    expect(row(page, "Gift card")).to_be_visible()
    expect(ongoing).to_contain_text("2")
    expect(page.get_by_role("button", name=re.compile("waiting"))).to_have_count(0)


def test_a_wall_shows_large_figures_and_says_how_old_they_are_when_the_line_is_lost(team, sign_in, console):
    team.conversations(3, subject="Late parcel")
    page = sign_in(team.email("supervisor"), viewport={"width": 1920, "height": 1080})
    # Nobody sets the clock of a screen on a wall.
    page.add_init_script("const now = Date.now; Date.now = () => now() + 600_000;")
    page.get_by_role("link", name="Wallboard").click()
    live(page)
    expect(page.get_by_text(re.compile(r"Data as of [\d:]+, \d+ s old$"))).to_be_visible()
    page.get_by_role("button", name="Full screen").click()
    expect(page.get_by_role("link", name="Queues")).to_have_count(0)
    heights = page.locator(".tile__figure").evaluate_all(
        "found => found.map((each) => parseFloat(getComputedStyle(each).fontSize))"
    )
    assert len(heights) == 7
    assert min(heights) >= 0.08 * 1080
    backlog = page.locator("section").filter(has=page.get_by_role("heading", name="Queue backlog")).last
    expect(backlog).to_contain_text("3")
    team.conversations(1, subject="Gift card", minutes_ago=0)
    expect(backlog).to_contain_text("4")

    console.kill("web")
    expect(page.get_by_text(re.compile("Waiting for the connection"))).to_be_visible(timeout=40_000)
    expect(backlog).to_contain_text("4")
    console.start_web()
    expect(page.get_by_text(re.compile("Waiting for the connection"))).to_have_count(0, timeout=40_000)
