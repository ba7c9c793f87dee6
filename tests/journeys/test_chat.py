"""A customer's chat: live with the desk, through reloads and lost lines, with consent, and on other people's pages."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import STILL, violations_in_both_themes
from tests.journeys.steps import live


def ask(page: Page, team, question="Where is my parcel?", name="Mia Okafor") -> None:
    page.goto(f"/chat/chat-of-{team.slug}/")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Start chat").click()
    expect(page.get_by_role("log", name="Messages")).to_contain_text(question.splitlines()[0])


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Your message").fill(text)
    page.keyboard.press("Enter")


def test_customer_and_representative_talk_see_each_other_type_and_say_goodbye(team, sign_in, watched):
    desk, page = sign_in(team.email("agent")), watched().new_page()
    live(desk)
    ask(page, team)
    expect(page.get_by_text("You are next in line.")).to_be_visible()

    desk.get_by_role("button", name="Pick").click()
    log = page.get_by_role("log", name="Messages")
    expect(log).to_contain_text("You are now talking to Ana Ruiz.")
    box = desk.get_by_role("textbox", name="Message")
    box.press_sequentially("On its way")
    expect(page.get_by_text("Ana Ruiz is typing")).to_be_visible()
    box.press("Enter")
    expect(log).to_contain_text("On its way")
    expect(page.get_by_text("Ana Ruiz is typing")).to_be_hidden()

    page.get_by_role("textbox", name="Your message").press_sequentially("Thank")
    expect(desk.get_by_text("Mia Okafor is typing")).to_be_visible()
    write(page, "Thank you <b>very</b> much")
    expect(desk.get_by_role("region", name="Messages")).to_contain_text("Thank you <b>very</b> much")
    expect(log.get_by_role("listitem").filter(has_text="very")).to_have_count(1)

    desk.get_by_role("radio", name="Internal note").check()
    box.fill("Difficult customer")
    box.press("Enter")
    desk.get_by_role("button", name="End", exact=True).click()
    expect(log).to_contain_text("Ana Ruiz has ended the conversation.")
    expect(page.get_by_role("link", name="Start a new conversation")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your message")).to_have_count(0)
    assert "Difficult" not in page.content()

    page.get_by_role("link", name="Start a new conversation").click()
    page.get_by_label("Your name").fill("Mia Okafor")
    page.get_by_label("Your question").fill("One more thing")
    page.get_by_role("button", name="Start chat").click()
    expect(log).to_contain_text("One more thing")
    expect(log).not_to_contain_text("Where is my parcel?")


def test_nothing_is_lost_when_the_line_is_gone_or_the_page_is_loaded_again(team, watched):
    context = watched()
    page = context.new_page()
    ask(page, team)
    box = page.get_by_role("textbox", name="Your message")
    box.fill("Half a thought")
    page.reload()
    expect(box).to_have_value("Half a thought")

    context.set_offline(True)
    write(page, "Written in a tunnel")
    log = page.get_by_role("log", name="Messages")
    expect(log).to_contain_text("Written in a tunnel")
    expect(log).to_contain_text("Not sent yet; it is tried again.")
    assert team.seeder("messages", slug=team.slug, text="Written in a tunnel") == 0
    context.set_offline(False)
    expect(log).not_to_contain_text("Not sent yet", timeout=20_000)
    expect(log.get_by_role("listitem").filter(has_text="Written in a tunnel")).to_have_count(1)
    assert team.seeder("messages", slug=team.slug, text="Written in a tunnel") == 1


def test_an_answer_lost_on_the_way_sends_the_message_again_and_it_is_stored_once(team, watched):
    page = watched().new_page()
    ask(page, team)
    lost = []

    def lose_the_first_answer(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    page.route("**/write/", lose_the_first_answer)
    write(page, "Did you get this?")
    # The socket brings it though the answer never came; a reload right then sends it again.
    page.reload()
    log = page.get_by_role("log", name="Messages")
    expect(log.get_by_role("listitem").filter(has_text="Did you get this?")).to_have_count(1)
    assert team.seeder("messages", slug=team.slug, text="Did you get this?") == 1


def test_without_a_socket_the_page_asks_by_itself(team, sign_in, watched):
    page, desk = watched().new_page(), sign_in(team.email("agent"))
    page.route_web_socket("**/live/", lambda socket: socket.close(code=1011))
    ask(page, team)
    live(desk)
    desk.get_by_role("button", name="Pick").click()
    log = page.get_by_role("log", name="Messages")
    expect(log).to_contain_text("You are now talking to Ana Ruiz.", timeout=20_000)
    write(page, "Can you hear me?")
    expect(desk.get_by_role("region", name="Messages")).to_contain_text("Can you hear me?")
    expect(log.get_by_role("listitem").filter(has_text="Can you hear me?")).to_have_count(1)


def test_the_customer_is_asked_about_monitoring_and_may_change_their_mind(team, watched):
    team.seeder("chat", slug=team.slug, consent=True, notice="A supervisor may read along.")
    page = watched().new_page()
    ask(page, team)
    expect(page.get_by_text("A supervisor may read along.")).to_be_visible()
    page.get_by_role("button", name="No, thank you").click()
    expect(page.get_by_text("You declined; nobody reads along.")).to_be_visible()
    write(page, "The chat goes on")
    expect(page.get_by_role("log")).to_contain_text("The chat goes on")
    page.get_by_role("button", name="Agree after all").click()
    expect(page.get_by_text("You agreed.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("You agreed.")).to_be_visible()


def test_ending_asks_once_and_tells_both_sides(team, watched):
    page = watched().new_page()
    ask(page, team)
    page.get_by_role("button", name="End chat").click()
    dialog = page.get_by_role("dialog", name="End this chat?")
    dialog.get_by_role("button", name="Keep chatting").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="End chat").click()
    dialog.get_by_role("button", name="End chat").click()
    expect(page.get_by_text("This conversation has ended.")).to_be_visible()


# --- On other people's pages ---


@contextlib.contextmanager
def site(snippet: str) -> Iterator[str]:
    """A page of somebody else, on an origin of its own."""

    class Host(BaseHTTPRequestHandler):
        def do_GET(self):
            body = f"<!doctype html><html lang='en'><head><title>Shop</title>{snippet}</head><body><h1>Shop</h1></body>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def shop(team):
    with site(
        f'<script src="{team.url}/chat/chat-of-{team.slug}/embed.js" data-label="Chat with us" defer></script>'
    ) as url:
        yield url


@pytest.fixture
def visit(new_context, shop):
    def open_page(**options):
        context = new_context(**options)
        page = context.new_page()
        page.goto(shop)
        return page

    return open_page


def inside(page: Page):
    return page.frame_locator("iframe[title='Chat with us']")


def start_inside(page: Page) -> None:
    page.get_by_role("button", name="Chat with us").click()
    chat = inside(page)
    chat.get_by_label("Your name").fill("Mia Okafor")
    chat.get_by_label("Your question").fill("Where is my parcel?")
    chat.get_by_role("button", name="Start chat").click()
    expect(chat.get_by_role("log", name="Messages")).to_contain_text("Where is my parcel?")


def test_the_chat_works_on_a_page_that_may_show_it(team, sign_in, shop, visit):
    team.seeder("chat", slug=team.slug, origins=[shop])
    page, desk = visit(viewport={"width": 1280, "height": 800}), sign_in(team.email("agent"))
    start_inside(page)
    chat = inside(page)
    live(desk)
    desk.get_by_role("button", name="Pick").click()
    expect(chat.get_by_role("log")).to_contain_text("You are now talking to Ana Ruiz.")

    chat.get_by_role("button", name="Close the chat").click()
    button = page.get_by_role("button", name="Chat with us")
    expect(button).to_be_focused()
    desk.get_by_role("textbox", name="Message").fill("It is on its way.")
    desk.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Chat with us, 1 new message")).to_be_visible()
    button.click()
    expect(chat.get_by_text("It is on its way.")).to_be_visible()
    expect(chat.get_by_role("textbox", name="Your message")).to_be_focused()

    page.reload()
    expect(chat.get_by_text("It is on its way.")).to_be_visible()
    page.keyboard.press("Tab")
    chat.get_by_role("textbox", name="Your message").press("Escape")
    expect(button).to_be_visible()


def test_a_page_that_may_not_show_it_gets_a_way_out(team, shop, visit):
    team.seeder("chat", slug=team.slug, origins=["https://shop.example"])
    page = visit()
    page.get_by_role("button", name="Chat with us").click()
    link = page.get_by_role("link", name="Open it in its own window")
    expect(link).to_be_visible(timeout=15_000)
    assert link.get_attribute("href") == f"{team.url}/chat/chat-of-{team.slug}/"
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Chat with us")).to_be_visible()


def test_a_strangers_frame_on_the_same_page_is_not_heard_and_hears_nothing(team, shop, visit):
    team.seeder("chat", slug=team.slug, origins=[shop])
    page = visit()
    start_inside(page)
    with site("<script>addEventListener('message', (event) => { window.heard = event.data; });</script>") as other:
        page.evaluate(
            """(source) => new Promise((resolve) => {
                 const frame = document.createElement("iframe");
                 frame.name = "other"; frame.src = source; frame.onload = resolve; document.body.append(frame);
               })""",
            other,
        )
        stranger = page.frame(name="other")
        # The chat stands in a shadow of the page: the stranger finds no other frame than itself.
        assert stranger.evaluate("window.parent.frames.length") == 1
        stranger.evaluate(
            "window.parent.postMessage({type: 'chat:close'}, '*'),"
            "window.parent.postMessage({type: 'chat:unread', count: 99}, '*')"
        )
        page.wait_for_timeout(500)
        assert stranger.evaluate("window.heard") is None
    expect(inside(page).get_by_role("log")).to_be_visible()


# --- How it looks to everybody ---


def of_all_sizes(page: Page) -> list[str]:
    """What is wrong with the page on a desk, on a phone and on a phone with its keyboard open; ends on the last."""
    found = []
    for width, height in ((1440, 900), (390, 844), (360, 560)):
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{width}: {each}" for each in violations_in_both_themes(page)]
    return found


def test_axe_finds_nothing_serious_in_the_chat(team, watched):
    team.seeder("chat", slug=team.slug, consent=True, notice="A supervisor may read along.")
    page = watched(**STILL).new_page()
    page.goto(f"/chat/chat-of-{team.slug}/")
    expect(page.locator("html[lang]")).to_have_count(1)
    found = of_all_sizes(page)
    ask(page, team, "Where is my parcel? " * 20)
    found += of_all_sizes(page)
    page.get_by_role("button", name="End chat").click()
    found += of_all_sizes(page)
    page.get_by_role("dialog").get_by_role("button", name="End chat").click()
    expect(page.get_by_text("This conversation has ended.")).to_be_visible()
    found += of_all_sizes(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", [(1440, 900), (390, 844), (360, 560)], ids=str)
def test_a_long_question_leaves_the_answer_box_in_sight(size, team, watched):
    width, height = size
    page = watched(viewport={"width": width, "height": height}).new_page()
    ask(page, team, "Where is my parcel? " * 20)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.get_by_role("textbox", name="Your message").bounding_box()
    assert box["y"] + box["height"] <= height


def test_the_whole_chat_works_by_keyboard_alone(team, watched):
    page = watched().new_page()
    page.goto(f"/chat/chat-of-{team.slug}/")
    page.keyboard.press("Tab")
    page.keyboard.type("Mia Okafor")
    page.keyboard.press("Tab")
    page.keyboard.type("Where is my parcel?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    box = page.get_by_role("textbox", name="Your message")
    expect(box).to_be_visible()
    for _ in range(6):
        if box.evaluate("box => box === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("Hello")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Hello")
    expect(box).to_be_focused()
