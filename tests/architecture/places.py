"""Walks the address map, so that a guard test meets every page that exists today and tomorrow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern, RoutePattern

# `int:` in `<int:pk>`.
TYPE_OF_CONVERTER = re.compile(r"<\w+:")


@dataclass(frozen=True)
class Place:
    """One address with the names of what stands in it."""

    pattern: str
    view: Any
    converters: tuple[tuple[str, Any], ...]

    def url(self, **values: object) -> str:
        """The address with the given values; whatever isn't given becomes something the converter accepts."""
        url = self.pattern
        for name, converter in self.converters:
            value = values.get(name, sample_of(converter))
            url = url.replace(f"<{name}>", str(value))
        return url

    def __str__(self) -> str:
        return self.pattern


def sample_of(converter: Any) -> object:
    kind = type(converter).__name__
    return {
        "IntConverter": 999_999_999,
        "UUIDConverter": "00000000-0000-4000-8000-000000000000",
    }.get(kind, "nothing")


def all_places() -> list[Place]:
    return list(_walk(get_resolver().url_patterns, "/", ()))


def places_below(prefix: str) -> list[Place]:
    return [place for place in all_places() if place.pattern.startswith(prefix)]


def _walk(patterns: Any, before: str, known: tuple[tuple[str, Any], ...]) -> Iterator[Place]:
    for entry in patterns:
        route, converters = _read(entry.pattern)
        path, names = before + route, (*known, *converters)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, path, names)
        elif isinstance(entry, URLPattern):
            yield Place(path, entry.callback, names)


def _read(pattern: RoutePattern | RegexPattern) -> tuple[str, tuple[tuple[str, Any], ...]]:
    if isinstance(pattern, RoutePattern):
        return TYPE_OF_CONVERTER.sub("<", str(pattern)), tuple(pattern.converters.items())
    return pattern.regex.pattern.lstrip("^").rstrip("$"), ()
