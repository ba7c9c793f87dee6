"""The row of a list as a template: its frame and the cells of the chosen columns, put together once for each choice.

An include for every cell of every row would cost more than all the rest of the page.
"""

from functools import lru_cache

from django.template import Template, engines
from django.template.loader import get_template

CELLS = "<!-- cells -->"


@lru_cache(maxsize=256)
def row_template(names: tuple[str, ...]) -> Template:
    """For these columns in this order. Rendered with `row`, a presenters.ConversationRow."""
    cells = "".join(_source(f"conversations/cells/{name}.html") for name in names)
    frame = _source("conversations/_row.html")
    template: Template = engines["django"].engine.from_string(frame.replace(CELLS, cells))  # type: ignore[attr-defined]
    return template


def _source(name: str) -> str:
    source: str = get_template(name).template.source  # type: ignore[attr-defined]
    return source.strip()
