"""A browser's page in miniature: applies frames the way hx-ws and morph.js do, and says what stands there."""

import re
from html.parser import HTMLParser

CONTAINER = "rows"


class Page:
    def __init__(self):
        self.rows: list[tuple[str, str]] = []
        self.outside: dict[str, str] = {}
        self.updates = 0

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.rows]

    def apply(self, frame: str) -> None:
        for element in top_level(frame):
            if element.tag == "tbody":
                self.rows = [(row.id, row.text) for row in element.children]
            elif element.tag == "tr":
                self._apply_row(element)
            else:
                self.outside[element.id] = element.text
                self.updates = int(element.attributes.get("data-updates", self.updates))

    def _apply_row(self, row: "Element") -> None:
        how, _, target = row.attributes["hx-swap-oob"].partition(":#")
        ids = [id for id, _ in self.rows]
        if how == "morph":
            self.rows[ids.index(row.id)] = (row.id, row.text)
            return
        if row.id in ids:
            del self.rows[ids.index(row.id)]
            ids.remove(row.id)
        if how == "beforebegin":
            self.rows.insert(ids.index(target), (row.id, row.text))
        elif how == "beforeend":
            assert target == CONTAINER
            self.rows.append((row.id, row.text))
        else:
            assert how == "delete"


class Element:
    def __init__(self, tag, attributes):
        self.tag, self.attributes = tag, attributes
        self.id = attributes.get("id", "")
        self.text = ""
        self.children: list[Element] = []


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found: list[Element] = []
        self.open: list[Element] = []

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs})
        (self.open[-1].children if self.open else self.found).append(element)
        self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag

    def handle_data(self, data):
        assert self.open or not data.strip(), "text outside of any element"
        for element in self.open:
            element.text += data


def top_level(frame: str) -> list[Element]:
    reader = _Reader()
    reader.feed(frame)
    reader.close()
    assert not reader.open
    tags = [element.tag for element in reader.found]
    # A browser's parser drops a row that stands after anything else.
    assert not re.search(r"(span|div) (tr|tbody)", " ".join(tags)), "rows come first"
    assert tags[-1] == "span"
    assert reader.found[-1].id == "live-state"
    return reader.found
