"""What the live scripts do in a real Chromium: the frames are the server's, the page is the smallest that has rows."""

import shutil
from pathlib import Path

import django_htmx
import pytest
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from contact_center.live import frames

ROOT = Path(__file__).resolve().parents[3]
HTMX = Path(django_htmx.__file__).parent / "static/django_htmx"
SCRIPTS = {
    "htmx.js": HTMX / "htmx-2.min.js",
    "ws.js": HTMX / "ext/hx-ws-2.min.js",
    "idiomorph.js": ROOT / "node_modules/idiomorph/dist/idiomorph.min.js",
    **{f"{name}.js": ROOT / f"static/js/{name}.js" for name in ("morph", "live", "hold", "steady", "announce")},
}
MODULES = ("live", "hold", "steady", "announce")
ADDRESS = "http://127.0.0.1:8139/"
CHROMIUM = shutil.which("chromium")

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")


def row(number, text="", swap=""):
    mark = f' hx-swap-oob="{swap}"' if swap else ""
    box = f'<input type="checkbox" name="selected" value="{number}">'
    return f'<tr id="row-{number}"{mark}><td>{box}</td><td><a href="#{number}">{text or f"Row {number}"}</a></td></tr>'


def state(updates=1, page=False, stale=False):
    return frames.state(updates=updates, as_of=timezone.now(), page=page, stale=stale)


def whole(numbers, updates=0):
    return f'<tbody id="rows" hx-swap-oob="morph">{"".join(map(row, numbers))}</tbody>' + state(updates, page=True)


PAGE = f"""<!doctype html><html lang="en"><head><title>Rows</title>
<link rel="icon" href="data:,"><style>tr {{ height: 40px }} .table-pane {{ height: 300px; overflow: auto }}</style>
<script src="/htmx.js" defer></script><script src="/ws.js" defer></script><script src="/idiomorph.js" defer></script>
<script src="/morph.js" defer></script>
{"".join(f'<script src="/{name}.js" type="module"></script>' for name in MODULES)}
</head><body hx-ext="ws,live-morph">
<span id="live-badge" data-state="connecting"><span data-live-text></span></span><span id="live-state" hidden></span>
<span id="count">5</span>
<section ws-connect="/ws/rows/"><button id="held-updates" hidden><span data-held-text></span></button>
<div class="table-pane"><table><tbody id="rows">{"".join(map(row, range(1, 6)))}</tbody></table></div></section>
<div id="live-announcer" aria-live="polite"></div></body></html>"""


class Line:
    """The page, and the server's end of its socket."""

    def __init__(self, page):
        self.page, self.sockets, self.received = page, [], []
        page.route("**/*", self._answer)
        page.route_web_socket("**/ws/rows/", self._connected)
        self.errors = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.add_init_script("window.opened = 0; addEventListener('htmx:wsOpen', () => { window.opened += 1; })")
        page.goto(ADDRESS)
        self.wait_for_sockets(1)

    def _answer(self, route):
        script = SCRIPTS.get(route.request.url.removeprefix(ADDRESS))
        if script:
            route.fulfill(path=script, content_type="text/javascript")
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    def _connected(self, socket):
        self.sockets.append(socket)
        socket.on_message(lambda message: self.received.append(message))

    def wait_for_sockets(self, count):
        self.page.wait_for_function(f"window.opened >= {count}", timeout=40_000)

    def send(self, frame):
        self.sockets[-1].send(frame)

    def ids(self):
        rows = self.page.eval_on_selector_all("#rows > tr:not(.is-leaving)", "rows => rows.map(row => row.id)")
        return [int(id.removeprefix("row-")) for id in rows]

    def expect_ids(self, expected):
        for _ in range(60):
            if self.ids() == expected:
                return
            self.page.wait_for_timeout(50)
        assert self.ids() == expected


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def line(chromium):
    page = chromium.new_page(viewport={"width": 900, "height": 600})
    line = Line(page)
    yield line
    page.close()
    assert line.errors == []


def test_rows_change_come_move_and_go(line):
    line.send(row(2, "Changed", "morph") + '<span id="count" hx-swap-oob="true">6</span>' + state())
    expect(line.page.locator("#row-2 a")).to_have_text("Changed")
    expect(line.page.locator("#row-2")).to_have_class("is-changed")
    expect(line.page.locator("#count")).to_have_text("6")
    line.send(row(9, swap="beforebegin:#row-1") + row(10, swap="beforeend:#rows") + state(2))
    line.expect_ids([9, 1, 2, 3, 4, 5, 10])
    expect(line.page.locator("#row-9")).to_have_class("is-entering")
    line.send(row(5, swap="beforebegin:#row-1") + state())
    line.expect_ids([9, 5, 1, 2, 3, 4, 10])
    expect(line.page.locator("#row-5")).not_to_have_class("is-changed")
    line.send('<tr id="row-3" hx-swap-oob="delete"></tr>' + state())
    expect(line.page.locator("#row-3")).to_have_class("is-leaving")
    expect(line.page.locator("#row-3")).to_have_count(0)
    line.send(whole([1, 2, 7]))
    line.expect_ids([1, 2, 7])
    assert line.page.locator("tbody").count() == 1


def test_a_row_that_comes_back_while_it_fades_stays(line):
    line.send('<tr id="row-3" hx-swap-oob="delete"></tr>' + state())
    line.send(row(3, swap="beforebegin:#row-1") + state())
    line.page.wait_for_timeout(600)
    assert line.ids() == [3, 1, 2, 4, 5]
    assert line.page.locator("#row-3").get_attribute("inert") is None


def test_focus_survives_a_change_a_move_and_a_whole_page(line):
    line.page.focus("#row-4 a")
    for frame in (row(4, "New", "morph") + state(), row(4, swap="beforebegin:#row-1") + state(), whole([5, 4, 1])):
        line.send(frame)
        line.page.wait_for_timeout(100)
        assert line.page.evaluate("document.activeElement.closest('tr')?.id") == "row-4"


def test_a_selection_survives_what_is_let_through(line):
    line.page.check("#row-2 input")
    line.send(row(1, "Changed", "morph") + state())
    line.page.click("#held-updates")
    line.page.wait_for_timeout(100)
    line.send(whole([3, 2, 1]))
    line.expect_ids([3, 2, 1])
    assert line.page.is_checked("#row-2 input")
    assert not line.page.is_checked("#row-1 input")


def test_while_a_row_is_selected_updates_wait_and_are_counted(line):
    bar = line.page.locator("#held-updates")
    line.page.check("#row-2 input")
    line.send(row(1, "Once", "morph") + state())
    expect(bar).to_have_text("1 update waiting – show it")
    line.send(row(1, "Twice", "morph") + row(6, swap="beforeend:#rows") + state(2))
    expect(bar).to_have_text("2 updates waiting – show them")
    line.send(state(0))
    expect(line.page.locator("#row-1 a")).to_have_text("Row 1")
    assert line.received == []
    line.page.uncheck("#row-2 input")
    line.page.wait_for_timeout(100)
    assert line.received == ["page"]
    line.send(row(1, "Thrice", "morph") + state())
    line.send(whole([1, 2, 6]))
    line.expect_ids([1, 2, 6])
    expect(bar).to_be_hidden()


def test_the_row_under_the_pointer_keeps_its_place(line):
    line.send(whole(range(1, 31)))
    line.expect_ids(list(range(1, 31)))
    line.page.eval_on_selector(".table-pane", "pane => pane.scrollTop = 200")
    line.page.mouse.move(60, 200)
    pointed = line.page.locator("#rows > tr:hover")
    pointed_id, before = pointed.get_attribute("id"), pointed.bounding_box()["y"]
    line.send(row(40, swap="afterbegin:#rows") + row(41, swap="afterbegin:#rows") + state(2))
    line.send('<tr id="row-1" hx-swap-oob="delete"></tr>' + state())
    line.page.wait_for_timeout(700)
    assert line.page.locator(f"#{pointed_id}").bounding_box()["y"] == before
    assert line.ids()[:3] == [41, 40, 2]


def test_a_row_above_the_pointer_waits_with_going_when_scrolling_cannot_make_up_for_it(line):
    box = line.page.locator("#row-4").bounding_box()
    line.page.mouse.move(60, box["y"] + 20)
    line.send('<tr id="row-1" hx-swap-oob="delete"></tr>' + state())
    line.page.wait_for_timeout(800)
    assert line.page.locator("#row-4").bounding_box()["y"] == box["y"]
    line.page.mouse.move(60, 560)
    expect(line.page.locator("#row-1")).to_have_count(0)


def test_the_badge_tells_how_fresh_the_page_is(line):
    badge = line.page.locator("#live-badge")
    line.send(state(0))
    expect(badge).to_have_text("Live")
    line.send(state(0, stale=True))
    expect(badge).to_contain_text("Reconnecting, data as of ")
    line.send(state(0))
    expect(badge).to_have_text("Live")
    line.sockets[-1].close(code=1012)
    expect(badge).to_contain_text("Reconnecting, data as of ")
    line.wait_for_sockets(2)
    line.send(whole([1, 2]))
    expect(badge).to_have_text("Live")
    line.expect_ids([1, 2])


def test_a_code_that_htmx_would_give_up_on_reconnects_too(line):
    line.send(state(0))
    line.sockets[-1].close(code=4408)
    line.wait_for_sockets(2)


def test_an_ended_right_is_said_and_not_tried_again(line):
    line.send(state(0))
    line.sockets[-1].close(code=4403)
    expect(line.page.locator("#live-badge")).to_contain_text("Your access to this page has ended")
    assert line.page.locator("#live-badge a").get_attribute("href") == ADDRESS
    line.page.wait_for_timeout(2000)
    assert len(line.sockets) == 1


def test_a_line_that_went_silent_is_replaced(line):
    line.page.clock.install()
    line.page.reload()
    line.wait_for_sockets(1)
    line.send(state(0))
    expect(line.page.locator("#live-badge")).to_have_text("Live")
    line.page.clock.run_for(10_000)
    assert line.page.evaluate("window.opened") == 1
    line.page.clock.run_for(20_000)
    line.wait_for_sockets(2)
    line.send(state(0))
    expect(line.page.locator("#live-badge")).to_have_text("Live")


def test_updates_are_announced_in_one_sentence(line):
    line.send(row(1, "One", "morph") + state())
    line.send(row(2, "Two", "morph") + row(3, "Three", "morph") + state(2))
    expect(line.page.locator("#live-announcer")).to_have_text("3 conversations updated")
