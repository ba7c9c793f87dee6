"""The command palette and the export, by keys alone."""

import csv
import io
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.steps import live, row


def test_the_palette_finds_commands_views_and_pages_and_gives_the_focus_back(team, sign_in):
    team.conversations(2, subject="Parcel")
    page = sign_in(team.email("supervisor"))
    live(page)
    keys = page.keyboard
    keys.press("j")
    expect(row(page, "Parcel 2")).to_be_focused()

    keys.press("Control+k")
    field = page.get_by_role("combobox", name="Find a page")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name="Longest wait")).to_be_visible()
    keys.press("Escape")
    expect(field).to_be_hidden()
    expect(row(page, "Parcel 2")).to_be_focused()

    # A command is about the row that had the focus.
    keys.press("Control+k")
    keys.type("force close")
    expect(page.get_by_role("option", name="Force Close")).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    dialog = page.get_by_role("dialog", name="Force close")
    expect(dialog).to_contain_text("Parcel 2")
    keys.press("Escape")
    expect(dialog).to_be_hidden()

    keys.press("Control+k")
    keys.type("action history")
    expect(page.get_by_role("option", name="Action History")).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Action History")).to_be_visible()


def test_an_export_is_chosen_in_the_palette_told_in_numbers_and_saved(team, sign_in):
    team.conversations(3, subject="Parcel")
    page = sign_in(team.email("supervisor"))
    live(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("export")
    expect(page.get_by_role("option", name="Export CSV")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Export CSV")
    expect(dialog).to_contain_text("3 conversations will be in the file")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Export").click()
    saved = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert [line[0] for line in csv.reader(io.StringIO(saved))] == ["Subject", "Parcel 3", "Parcel 2", "Parcel 1"]
    expect(page.get_by_text("3 conversations are in")).to_be_visible()
    expect(dialog).to_be_hidden()
