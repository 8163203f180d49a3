from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sites.models import Site
from django.core.checks import Warning as CheckWarning

from sites import site_map
from sites.checks import check_site_rows
from sites.links import host_root, host_url, is_own_origin

pytestmark = pytest.mark.django_db
MaxQueries = Callable[..., Any]


def test_the_map_costs_one_query_a_minute(django_assert_num_queries: MaxQueries) -> None:
    site_map.forget()
    with django_assert_num_queries(1):
        site_map.current(now=1000.0)
        site_map.current(now=1000.0 + site_map.FRESH_SECONDS)
    with django_assert_num_queries(1):
        site_map.current(now=1001.0 + site_map.FRESH_SECONDS)


def test_a_map_that_another_thread_forgets_is_still_given() -> None:
    class ForgetsLater(float):
        """A moment; while it is compared, another thread forgets the map."""

        def __sub__(self, other: float) -> float:
            site_map.forget()
            return 0.0

    site_map.current(now=1000.0)
    assert site_map.current(now=ForgetsLater(1000.0)).by_key


def test_a_row_of_no_host_is_not_on_the_map() -> None:
    Site.objects.create(name="blog", domain="blog.esensi.localhost:8000")
    assert "blog.esensi.localhost:8000" not in site_map.current().by_domain


def test_a_missing_row_is_named_with_its_cure() -> None:
    Site.objects.get(name="auth").delete()
    with pytest.raises(site_map.HostNotMapped, match=r"'auth'.*sync_sites"):
        host_root("auth")


def test_a_link_leads_to_another_host_by_its_own_urlconf() -> None:
    assert host_url("chapter", "read", "laut", 3) == "http://chapter.esensi.localhost:8000/laut/3/"
    assert host_url("main", "home") == "http://esensi.localhost:8000/"


def test_links_follow_the_row() -> None:
    site = Site.objects.get(name="chapter")
    site.domain = "read.esensi.localhost:8000"
    site.save()
    assert host_root("chapter") == "http://read.esensi.localhost:8000"


def test_an_origin_is_ours_exactly_or_not_at_all() -> None:
    assert is_own_origin("http://auth.esensi.localhost:8000")
    for origin in (
        "https://auth.esensi.localhost:8000",
        "http://auth.esensi.localhost",
        "http://x.esensi.localhost:8000",
    ):
        assert not is_own_origin(origin)


def test_the_check_warns_of_rows_that_differ() -> None:
    assert check_site_rows(databases=["default"]) == []
    assert check_site_rows() == []
    Site.objects.filter(name="auth").update(domain="elsewhere.example")
    (warning,) = check_site_rows(databases=["default"])
    assert isinstance(warning, CheckWarning)
    assert "auth" in str(warning.msg)
    assert "sync_sites" in str(warning.hint)
