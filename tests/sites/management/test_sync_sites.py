from __future__ import annotations

import io

import pytest
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.test import override_settings

from sites import site_map
from sites.hosts import names

pytestmark = pytest.mark.django_db


def run(**options: bool) -> str:
    out = io.StringIO()
    call_command("sync_sites", stdout=out, **options)
    return out.getvalue()


def rows() -> dict[str, str]:
    return dict(Site.objects.values_list("name", "domain"))


def test_five_rows_stand_and_example_com_goes() -> None:
    Site.objects.all().delete()
    Site.objects.create(name="example.com", domain="example.com")
    said = run()
    assert rows() == names("local", "esensi.localhost", 8000).domains
    assert "example.com is no host and goes." in said


def test_a_second_run_has_nothing_to_do() -> None:
    run()
    before = dict(Site.objects.values_list("name", "pk"))
    assert run() == "Nothing to do.\n"
    assert dict(Site.objects.values_list("name", "pk")) == before


def test_a_dry_run_writes_nothing() -> None:
    Site.objects.filter(name="auth").update(domain="elsewhere.example")
    said = run(dry_run=True)
    assert "auth is auth.esensi.localhost:8000." in said
    assert "dry run" in said
    assert rows()["auth"] == "elsewhere.example"


def test_two_hosts_that_swapped_names_are_put_right() -> None:
    run()
    publish, auth = Site.objects.get(name="publish"), Site.objects.get(name="auth")
    publish.domain, auth.domain = auth.domain, "step.invalid"
    Site.objects.filter(pk=auth.pk).update(domain="step.invalid")
    publish.save()
    Site.objects.filter(pk=auth.pk).update(domain="publish.esensi.localhost:8000")
    run()
    assert rows() == names("local", "esensi.localhost", 8000).domains


def test_a_host_that_stands_twice_keeps_one_row() -> None:
    run()
    Site.objects.create(name="main", domain="old.example")
    run()
    assert Site.objects.filter(name="main").count() == 1


def test_another_port_moves_all_five_and_the_map_hears_of_it() -> None:
    run()
    assert "esensi.localhost:8000" in site_map.current().by_domain
    with override_settings(HOST_NAMES=names("local", "esensi.localhost", 9000)):
        run()
        assert set(site_map.current().by_domain) == set(rows().values())
        assert rows()["main"] == "esensi.localhost:9000"
