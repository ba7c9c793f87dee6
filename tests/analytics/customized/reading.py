"""How tests of reports ask for pages and read what stands on them."""

import re

HTMX = {"HX-Request": "true"}
LAYOUT = "metric=backlog&metric=incoming&by=queue&by=channel&plot=backlog"


def get(cast, path, member=None, **headers):
    return cast.client(member).get(cast.url(f"reports/{path}"), headers=headers)


def text(cast, path, member=None):
    answer = get(cast, path, member)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def cells(html):
    """The rows of the table of figures: labels and figures."""
    rows = re.findall(r'<div id="figure-[^"]*" class="figure-table__row[^"]*" role="row">(.*?)</div>', html, re.DOTALL)
    return [
        [
            re.sub(r"<small.*?</small>|<[^>]+>", "", each)
            for each in re.findall(r"<span role=.*?</span>", row, re.DOTALL)
        ]
        for row in rows
    ]
