"""Counts and page sizes."""

import pytest

from contact_center.web.pagination import Count, count_rows, page_size
from conversations.models import Tag


@pytest.mark.parametrize(("typed", "size"), [(None, 50), ("", 50), ("25", 25), ("200", 200), ("7", None), ("x", None)])
def test_only_the_offered_page_sizes_are_taken(typed, size):
    assert page_size(typed) == size


def test_counts_are_exact_to_ten_thousand(harbor, django_assert_num_queries):
    with harbor.scope():
        Tag.objects.bulk_create(Tag(name=f"Tag {number}") for number in range(10_001))
        with django_assert_num_queries(1):
            assert count_rows(Tag.objects.all()) == Count(10_000, exact=False)
        Tag.objects.all()[0].delete()
        assert str(count_rows(Tag.objects.all())) == "10,000"
        assert str(count_rows(Tag.objects.none())) == "0"
    assert str(Count(10_000, exact=False)) == "10,000+"
