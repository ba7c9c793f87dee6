"""Template tags of the console: the icon sprite, clocks in words, and bars drawn without inline style."""

import re
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Every icon the console may show. Rows arrive over a socket long after the page was rendered, so the sprite
# holds the whole set instead of what the first page happened to use. Name in the console -> Tabler file.
TABLER_ICONS = {
    "alert": "alert-triangle",
    "alerts": "volume",
    "arrow-left": "arrow-left",
    "arrow-right": "arrow-right",
    "assign": "user-plus",
    "ban": "ban",
    "briefcase": "briefcase",
    "building": "building",
    "check": "check",
    "chevron-down": "chevron-down",
    "chevron-left": "chevron-left",
    "chevron-right": "chevron-right",
    "clock": "clock",
    "close": "x",
    "columns": "columns",
    "command": "command",
    "copy": "copy",
    "dots": "dots",
    "download": "download",
    "error": "exclamation-circle",
    "filter": "filter",
    "full-screen": "maximize",
    "force-close": "square-rounded-x",
    "history": "history",
    "inbox": "inbox",
    "info": "info-circle",
    "key": "key",
    "flag": "flag",
    "hand": "hand-stop",
    "keyboard": "keyboard",
    "lock": "lock",
    "message-customer": "message-share",
    "monitor": "eye",
    "notify": "bell",
    "pin": "pin",
    "plus": "plus",
    "release": "arrow-back-up",
    "give": "user-share",
    "remove": "file-minus",
    "queue": "stack-2",
    "save": "device-floppy",
    "search": "search",
    "settings": "settings",
    "share": "share",
    "selector": "selector",
    "shield": "shield-lock",
    "sign-out": "logout",
    "skipped": "minus",
    "template": "template",
    "sort-down": "arrow-down",
    "sort-up": "arrow-up",
    "star": "star",
    "tag": "tag",
    "theme-dark": "moon",
    "theme-light": "sun",
    "theme-system": "device-desktop",
    "transfer": "arrows-exchange",
    "trash": "trash",
    "user": "user",
    "users": "users",
    "views": "layout-list",
    # channels
    "message": "message",
    "persistent-chat": "messages",
    "sms": "device-mobile-message",
    "whatsapp": "brand-whatsapp",
    "facebook": "brand-messenger",
    "social": "social",
    "voice": "phone",
    "video": "video",
    "record": "file-description",
    "report": "chart-histogram",
    "reports": "report-analytics",
    "wallboard": "layout-dashboard",
    "email": "mail",
    "activity": "clipboard-list",
    # sentiment, worst to best, and how it moves
    "trend-falling": "arrow-down-right",
    "trend-rising": "arrow-up-right",
    "sentiment-1": "mood-angry",
    "sentiment-2": "mood-sad",
    "sentiment-3": "mood-confused",
    "sentiment-4": "mood-empty",
    "sentiment-5": "mood-smile",
    "sentiment-6": "mood-happy",
    "sentiment-7": "mood-heart",
    # states
    "status-wrap-up": "pencil",
    "status-closed": "check",
}

# State looks that have to line up with each other to a tenth of a pixel.
OWN_ICONS = {
    "status-waiting": '<path d="M9 6.500v11M15 6.500v11" stroke-width="3"/>',
    "status-open": '<circle cx="12" cy="12" r="7"/>',
    "status-active": '<circle cx="12" cy="12" r="7" fill="currentColor"/>',
    "status-offered": (
        '<circle cx="12" cy="12" r="7"/><path d="M12 5a7 7 0 0 1 0 14z" fill="currentColor" stroke="none"/>'
    ),
}

_SYMBOL = (
    '<symbol id="i-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="{width}"'
    ' stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
)


@register.simple_tag
def icon(name: str, extra_class: str = "") -> SafeString:
    """One icon of the sprite; decoration only, a word stands beside it."""
    css = f"icon {extra_class}".rstrip()
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', css, name)


@register.simple_tag
def icon_sprite() -> SafeString:
    """All symbols, once a page."""
    return _sprite(str(_icons_directory()))


@cache
def _sprite(directory: str) -> SafeString:
    symbols = [_SYMBOL.format(name=name, width="2", body=body) for name, body in OWN_ICONS.items()]
    for name, file in TABLER_ICONS.items():
        body = _icon_body(Path(directory) / f"{file}.svg")
        symbols.append(_SYMBOL.format(name=name, width="1.75", body=body))
    # The bodies come from an installed package and from this file, never from a person.
    sprite = f'<svg class="sprite" aria-hidden="true" width="0" height="0">{"".join(symbols)}</svg>'
    return mark_safe(sprite)  # noqa: S308


def _icon_body(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    inner = text[text.index(">") + 1 : text.rindex("</svg>")]
    inner = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", inner)
    return re.sub(r"\s*\n\s*", "", inner)


def _icons_directory() -> Path:
    configured = getattr(settings, "TABLER_ICONS_DIR", None)
    return Path(configured or Path(settings.BASE_DIR) / "node_modules/@tabler/icons/icons/outline")


@register.filter
def duration(value: timedelta | float | None) -> str:
    """04:12, 1:04:12, 2 d 3 h; the same words clocks.js writes."""
    if value is None:
        return ""
    seconds = max(0, int(value.total_seconds() if isinstance(value, timedelta) else value))
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    if hours >= 24:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"


@register.filter
def relative(value: datetime | None) -> str:
    """How long ago, in one unit: now, 12 min, 3 h, 2 d."""
    if value is None:
        return ""
    minutes = max(0, int((timezone.now() - value).total_seconds() // 60))
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 1440 else f"{minutes // 1440} d"


@register.filter
def initials(name: str) -> str:
    """Two letters for the avatar."""
    words = [word for word in re.split(r"[\s.@_-]+", str(name)) if word]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


@register.filter
def grouped(value: int | str) -> str:
    """1284 -> 1,284; anything that isn't a whole number ("10,000+") stays as it is."""
    return f"{value:,}" if isinstance(value, int) else str(value)


@register.simple_tag
def outcome_bar(succeeded: int, skipped: int, failed: int, total: int) -> SafeString:
    """Stacked bar of a run's outcomes. Widths are SVG attributes, which the content policy allows."""
    return format_html(
        '<svg class="outcome-bar" viewBox="0 0 {} 1" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="is-succeeded" x="0" width="{}" height="1"/>'
        '<rect class="is-skipped" x="{}" width="{}" height="1"/>'
        '<rect class="is-failed" x="{}" width="{}" height="1"/></svg>',
        max(total, 1),
        succeeded,
        succeeded,
        skipped,
        succeeded + skipped,
        failed,
    )
