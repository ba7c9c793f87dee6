"""A representative's day: an offer comes in, is answered at the desk, and the supervisor hears of it."""

import re

from playwright.sync_api import expect

from tests.journeys.axe import STILL, violations_in_both_themes
from tests.journeys.steps import live


def test_an_offer_is_accepted_answered_and_wrapped_up(team, sign_in):
    [row] = team.conversations(1, subject="Where is my parcel?", minutes_ago=0)
    page = sign_in(team.email("agent"))
    live(page)
    expect(page.get_by_role("heading", level=1, name="Desk")).to_be_visible()
    expect(page.get_by_text("Nothing is offered to you.")).to_be_visible()

    team.seeder("offer", slug=team.slug, conversation=row)
    offers = page.get_by_role("region", name="Offers")
    expect(offers).to_contain_text("Where is my parcel?")
    expect(page.get_by_text("30 of 100")).to_be_visible()
    assert page.title().startswith("(1) Desk")
    offers.get_by_role("button", name="Accept").click()
    expect(page).to_have_url(re.compile(rf"\?c={row}$"))
    live(page)

    box = page.get_by_role("textbox", name="Message")
    box.fill("It is on its way.")
    page.keyboard.press("Enter")
    messages = page.get_by_role("region", name="Messages")
    expect(messages).to_contain_text("It is on its way.")
    expect(box).to_have_value("")
    page.get_by_role("radio", name="Internal note").check()
    box.fill("Asked the carrier.")
    page.get_by_role("button", name="Send").click()
    expect(messages.get_by_role("listitem").filter(has_text="Asked the carrier.")).to_contain_text("Internal")

    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="Wrap-up done").click()
    expect(page.get_by_text("No conversation chosen")).to_be_visible()
    expect(page.get_by_text("0 of 100")).to_be_visible()


def test_an_answer_that_comes_after_the_live_change_still_finds_its_place(team, sign_in):
    [row] = team.conversations(1, subject="Slow network", status="wrap_up", representative="Ana Ruiz")
    page = sign_in(team.email("agent"))
    live(page)
    page.get_by_role("link", name=re.compile("Slow network")).click()
    expect(page).to_have_url(re.compile(rf"\?c={row}$"))
    live(page)

    def held_back(route):
        answer = route.fetch()
        expect(page.get_by_role("button", name="Wrap-up done")).to_be_hidden()
        route.fulfill(response=answer)

    page.route("**/wrap_up_done/", held_back)
    page.get_by_role("button", name="Wrap-up done").click()
    expect(page.get_by_text("No conversation chosen")).to_be_visible()
    expect(page).not_to_have_url(re.compile(r"\?c="))


def test_what_is_being_written_outlives_whatever_happens_around_it(team, sign_in):
    team.conversations(1, subject="Slow answer", status="active", representative="Ana Ruiz")
    [other] = team.conversations(1, subject="Another one")
    page = sign_in(team.email("agent"))
    live(page)
    page.get_by_role("link", name=re.compile("Slow answer")).click()
    live(page)
    page.get_by_role("radio", name="Internal note").check()
    box = page.get_by_role("textbox", name="Message")
    box.fill("Half a thought")
    team.seeder("offer", slug=team.slug, conversation=other)
    page.get_by_role("button", name="Accept").click()
    expect(page).to_have_url(re.compile(rf"\?c={other}$"))
    expect(box).to_have_value("")
    page.get_by_role("link", name=re.compile("Slow answer")).click()
    expect(box).to_have_value("Half a thought")
    expect(page.get_by_role("radio", name="Internal note")).to_be_checked()


def test_a_rejection_reaches_the_supervisors_bell(team, sign_in):
    [row] = team.conversations(1, subject="Broken lamp")
    supervisor = sign_in(team.email("supervisor"))
    live(supervisor)
    page = sign_in(team.email("agent"))
    live(page)
    team.seeder("offer", slug=team.slug, conversation=row)
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("region", name="Open in my queues")).to_contain_text("Broken lamp")

    notices = supervisor.get_by_role("region", name="Notices")
    expect(notices).to_contain_text("Ana Ruiz rejected")
    expect(supervisor.get_by_text("1 unread")).to_be_visible()
    supervisor.get_by_title("Notifications").click()
    expect(supervisor.get_by_role("list", name="Notifications")).to_contain_text("Ana Ruiz rejected")
    expect(supervisor.get_by_text("1 unread")).to_be_hidden()

    supervisor.get_by_role("link", name="All notifications").click()
    expect(supervisor.get_by_role("heading", level=1, name="Notifications")).to_be_visible()
    supervisor.get_by_role("button", name="Dismiss all").click()
    expect(supervisor.get_by_text("You have no notifications", exact=True)).to_be_visible()


def test_two_tabs_agree_and_a_phone_shows_one_thing_at_a_time(team, sign_in):
    [row] = team.conversations(1, subject="Wrong size")
    wide = sign_in(team.email("agent"))
    phone = sign_in(team.email("agent"), viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for page in (wide, phone):
        live(page)
        expect(page.get_by_role("button", name="Pick")).to_be_visible()
    phone.get_by_role("button", name="Pick").click()
    expect(phone).to_have_url(re.compile(rf"\?c={row}$"))
    expect(phone.get_by_role("region", name="My conversations")).to_be_hidden()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    expect(wide.get_by_role("region", name="My conversations")).to_contain_text("Wrong size")
    expect(wide.get_by_role("button", name="Pick")).to_be_hidden()
    phone.get_by_role("link", name="Back to the desk").click()
    expect(phone.get_by_role("region", name="My conversations")).to_be_visible()


def test_axe_finds_nothing_serious_at_the_desk(team, sign_in):
    team.conversations(1, subject="Slow answer", status="active", representative="Ana Ruiz")
    team.conversations(1, subject="Nearly done", status="wrap_up", representative="Ana Ruiz")
    team.conversations(2, subject="Still open")
    [offered] = team.conversations(1, subject="Offered one")
    team.seeder("offer", slug=team.slug, conversation=offered)
    page = sign_in(team.email("agent"), **STILL)
    live(page)
    found = violations_in_both_themes(page)
    page.get_by_role("link", name=re.compile("Slow answer")).click()
    live(page)
    page.get_by_role("radio", name="Internal note").check()
    page.get_by_role("textbox", name="Message").fill("Half a thought")
    found += violations_in_both_themes(page)
    page.get_by_title("Notifications").last.click()
    found += violations_in_both_themes(page)
    page.goto(team.path("notifications/"))
    live(page)
    assert found + violations_in_both_themes(page) == []
