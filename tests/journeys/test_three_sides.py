"""One conversation from three sides: the customer, the representative and the supervisor who watches and joins."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import STILL, violations_in_both_themes
from tests.journeys.steps import choose_reason, live, row

BEGUN = "Monitoring has begun."


@pytest.fixture
def customer(team, watched):
    """Somebody without an account, who asks."""
    page = watched().new_page()
    page.goto(f"/chat/chat-of-{team.slug}/")
    page.get_by_label("Your name").fill("Mia Okafor")
    page.get_by_label("Your question").fill("My lamp arrived broken.")
    page.get_by_role("button", name="Start chat").click()
    expect(page.get_by_label("Messages")).to_contain_text("My lamp arrived broken.")
    return page


@pytest.fixture
def ana(team, sign_in, customer):
    """The representative, who picked it."""
    page = sign_in(team.email("agent"))
    live(page)
    page.get_by_role("region", name="Open in my queues").get_by_role("button", name=re.compile("Pick")).click()
    expect(page).to_have_url(re.compile(r"\?c=\d+$"))
    live(page)
    return page


def write(page: Page, text: str, to: str = "") -> None:
    if to:
        page.get_by_role("radio", name=to).check()
    page.get_by_role("textbox", name="Message").fill(text)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")


def said_to(customer: Page):
    return customer.get_by_label("Messages")


def test_a_conversation_is_answered_watched_joined_transferred_and_closed(team, sign_in, customer, ana):
    write(ana, "I am sorry to hear that.")
    expect(said_to(customer)).to_contain_text("I am sorry to hear that.")

    # Watched: the supervisor reads along, Ana sees that, the customer notices nothing.
    supervisor = sign_in(team.email("supervisor"))
    live(supervisor)
    row(supervisor, "My lamp arrived broken.").get_by_role("checkbox").check()
    supervisor.get_by_role("button", name="Monitor", exact=True).click()
    expect(supervisor).to_have_url(re.compile(r"/conversations/\d+/$"))
    expect(supervisor.get_by_text(BEGUN)).to_be_visible()
    expect(supervisor.get_by_text("You are monitoring. Ana Ruiz and the customer don’t hear from you.")).to_be_visible()
    transcript = supervisor.get_by_role("log", name="Messages")
    expect(transcript).to_contain_text("I am sorry to hear that.")
    expect(supervisor.get_by_role("textbox", name="Message")).to_have_count(0)
    expect(ana.get_by_role("list", name="Also in this conversation")).to_contain_text("Supervisor")
    customer.get_by_label("Your message").fill("Thanks, my card is 4111 1111 1111 1111")
    expect(transcript).to_contain_text("Mia Okafor is typing")
    customer.get_by_role("button", name="Send").click()
    expect(transcript).to_contain_text("my card is •••• 1111")
    expect(ana.get_by_role("region", name="Messages")).to_contain_text("4111 1111 1111 1111")

    # Joined: both are told by name; an internal message stays inside, a public one goes out.
    supervisor.get_by_role("button", name="Join chat").click()
    expect(said_to(customer)).to_contain_text("Supervisor joined as a consultant.")
    expect(ana.get_by_role("region", name="Messages")).to_contain_text("Supervisor joined as a consultant.")
    expect(supervisor.get_by_role("radio", name="Internal message")).to_be_checked()
    write(supervisor, "Give her a new one.")
    expect(ana.get_by_role("region", name="Messages")).to_contain_text("Give her a new one.")
    expect(customer.get_by_text("Supervisor is typing")).to_have_count(0)
    supervisor.get_by_role("radio", name="Public message").check()
    supervisor.get_by_role("textbox", name="Message").fill("We send")
    expect(customer.get_by_text("Supervisor is typing")).to_be_visible()
    write(supervisor, "We send you a new one.", to="Public message")
    expect(said_to(customer)).to_contain_text("We send you a new one.")
    expect(said_to(customer)).not_to_contain_text("Give her a new one.")

    # Left: told as well, and watching goes on.
    supervisor.get_by_role("button", name="Leave").click()
    expect(said_to(customer)).to_contain_text("Supervisor left the conversation.")
    expect(supervisor.get_by_role("button", name="Join chat")).to_be_visible()

    # Handed on: Ben accepts and answers.
    team.seeder("colleague", slug=team.slug, name="Ben Osei")
    ben = sign_in(team.email("ben"))
    live(ben)
    supervisor.get_by_role("button", name="Transfer", exact=True).click()
    dialog = supervisor.get_by_role("dialog", name=re.compile("Transfer work item"))
    dialog.get_by_role("radio", name=re.compile("Ben Osei")).check()
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    ben.get_by_role("region", name="Offers").get_by_role("button", name=re.compile("Accept")).click()
    expect(ben).to_have_url(re.compile(r"\?c=\d+$"))
    live(ben)
    write(ben, "It leaves today.")
    expect(said_to(customer)).to_contain_text("It leaves today.")
    expect(transcript).to_contain_text("It leaves today.")

    # Ended by the supervisor: everybody is told, and the watching is over.
    supervisor.get_by_role("button", name="Force Close").click()
    closing = supervisor.get_by_role("dialog")
    choose_reason(closing)
    closing.get_by_role("button", name=re.compile("^Proceed")).click()
    expect(said_to(customer)).to_contain_text("A supervisor ended the conversation.")
    expect(supervisor.get_by_text("Monitoring ended with the conversation")).to_be_visible()
    assert "Give her a new one." not in customer.content()
    supervisor.get_by_role("link", name="Show transcript").click()
    expect(transcript).to_contain_text("Give her a new one.")

    # Who watched stands in the ledger, for the administration and for Ana.
    auditor = sign_in(team.email("auditor"), team.path("audit/monitoring/"))
    expect(auditor.get_by_role("row", name=re.compile("Read after closing"))).to_be_visible()
    expect(auditor.get_by_role("row", name=re.compile("Monitored"))).to_be_visible()
    ana.goto(team.path("desk/monitoring/"))
    expect(ana.get_by_role("table", name="Who monitored me")).to_contain_text("Supervisor")


def test_a_second_tab_follows_the_first(team, sign_in, customer, ana):
    first = sign_in(team.email("supervisor"))
    live(first)
    row(first, "My lamp arrived broken.").get_by_role("link").first.click()
    expect(first.get_by_text("The transcript isn’t shown")).to_be_visible()
    second = first.context.new_page()
    second.goto(first.url)
    live(first)
    live(second)
    second.get_by_role("button", name="Monitor", exact=True).click()
    for page in (first, second):
        expect(page.get_by_role("log", name="Messages")).to_contain_text("My lamp arrived broken.")
    write(ana, "Just a moment.")
    for page in (first, second):
        expect(page.get_by_role("log", name="Messages")).to_contain_text("Just a moment.")
    first.get_by_role("button", name="Stop monitoring").click()
    for page in (first, second):
        expect(page.get_by_text("You stopped monitoring")).to_be_visible()
        expect(page.get_by_role("log", name="Messages")).to_have_count(0)


def test_with_the_keyboard_alone_one_monitors_joins_and_writes(team, sign_in, customer, ana):
    page = sign_in(team.email("supervisor"))
    live(page)
    page.keyboard.press("j")
    page.keyboard.press("m")
    expect(page.get_by_text(BEGUN)).to_be_visible()
    live(page)
    page.get_by_role("button", name="Join chat").focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="Message")
    expect(box).to_be_visible()
    box.focus()
    page.keyboard.type("First line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log", name="Messages")).to_contain_text("second line")
    expect(said_to(customer)).not_to_contain_text("second line")


def at_both_widths(page: Page) -> list[str]:
    """What is wrong with the page on a desk and on a phone; it is wide again afterwards."""
    found = []
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {each}" for each in violations_in_both_themes(page)]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{page.url} is wider than {width}.")
    return found


def test_the_page_is_accessible_while_monitoring_wide_and_narrow(team, sign_in, customer, ana):
    page = sign_in(team.email("supervisor"), **STILL)
    live(page)
    row(page, "My lamp arrived broken.").get_by_role("link").first.click()
    expect(page.get_by_text("The transcript isn’t shown")).to_be_visible()
    found = at_both_widths(page)
    page.get_by_role("button", name="Monitor", exact=True).click()
    page.get_by_role("button", name="Join chat").click()
    write(page, "A word inside.")
    expect(page.get_by_role("log", name="Messages")).to_contain_text("A word inside.")
    assert found + at_both_widths(page) == []


def test_a_raised_hand_is_answered_where_it_is_told(team, sign_in, customer, ana):
    supervisor = sign_in(team.email("supervisor"))
    live(supervisor)
    expect(supervisor.locator("#bell-list")).to_contain_text("You have no notifications.")
    ana.get_by_role("button", name="Raise hand").click()
    dialog = ana.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("May I refund this?")
    dialog.get_by_role("button", name="Raise hand").click()
    told = supervisor.get_by_role("status").filter(has_text="Ana Ruiz raised a hand")
    expect(told.get_by_role("button", name="Monitor")).to_be_visible()
    expect(row(supervisor, "My lamp arrived broken.")).to_contain_text("Hand raised")
    told.get_by_role("button", name="Done").click()
    expect(told).to_have_count(0)
    expect(row(supervisor, "My lamp arrived broken.")).not_to_contain_text("Hand raised")
    expect(ana.get_by_role("status").filter(has_text="Supervisor answered your raised hand")).to_be_visible()


def test_a_consultants_words_outlive_a_lost_answer_and_are_stored_once(team, sign_in, customer, ana):
    page = sign_in(team.email("supervisor"))
    live(page)
    row(page, "My lamp arrived broken.").get_by_role("link").first.click()
    page.get_by_role("button", name="Monitor", exact=True).click()
    page.get_by_role("button", name="Join chat").click()
    box = page.get_by_role("textbox", name="Message")

    def lose_the_answer(route):
        route.fetch()
        route.abort()

    page.route("**/act/consultant_note/", lose_the_answer)
    box.fill("Offer her a refund.")
    page.get_by_role("button", name="Send").click()
    said_inside = ana.get_by_role("region", name="Messages").get_by_text("Offer her a refund.")
    expect(said_inside).to_have_count(1)
    expect(page.get_by_text("The server can’t be reached.")).to_be_visible()
    page.unroute("**/act/consultant_note/")
    page.reload()
    expect(box).to_have_value("Offer her a refund.")
    page.get_by_role("button", name="Send").click()
    expect(box).to_have_value("")
    expect(page.get_by_role("log", name="Messages").get_by_text("Offer her a refund.")).to_have_count(1)
    expect(said_inside).to_have_count(1)
