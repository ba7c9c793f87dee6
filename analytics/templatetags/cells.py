"""A figure in a cell: a link to what it counts, made without a template of its own, as a page has hundreds of them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from analytics.grids.cells import Cell

register = template.Library()


@register.simple_tag
def figure(cell: Cell, about: str) -> SafeString | str:
    """`about` is what the link says besides the number."""
    if not cell.url:
        return cell.text
    return format_html('<a href="{}" aria-label="{} {}">{}</a>', cell.url, cell.text, about, cell.text)
