"""The dashboard and the rules for alerts ask for what there is, in expressions that Prometheus takes.

Not Prometheus's own parser, which is a program that no package carries: a reading of its grammar as far as
these files use it (https://prometheus.io/docs/prometheus/latest/querying/).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from esensi import metrics as exporter
from tests.fly.files import ROOT

FOLDER = ROOT / "docs" / "devops" / "grafana"
#: Metrics of prometheus-client's own collectors.
PROCESS = {
    "process_resident_memory_bytes": "gauge",
    "process_cpu_seconds_total": "counter",
    "process_open_fds": "gauge",
    "process_start_time_seconds": "gauge",
}
#: Of counters alone, over a range.
OF_COUNTERS = {"rate", "increase"}
OF_RANGES = OF_COUNTERS | {"max_over_time"}
FUNCTIONS = OF_RANGES | {"histogram_quantile", "sum", "max", "time"}
#: What Prometheus adds to each series.
TARGET = {"instance", "job"}
DURATION = r"(?:\d+[smhd]|\$__rate_interval)"
TOKENS = re.compile(
    rf"\s*(?:(?P<name>[a-z_]+)|(?P<number>\d+(?:\.\d+)?(?:e\d+)?)|(?P<labels>\{{[^}}]*\}})"
    rf"|(?P<range>\[{DURATION}\])|(?P<sign>[()+\-*/,]|[<>]=?|==))"
)


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "esensi.json").read_text())
    return found


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def expressions() -> list[tuple[str, str]]:
    shown = [
        (panel["title"], target["expr"])
        for panel in dashboard()["panels"]
        for target in panel.get("targets", ())
    ]
    return [*shown, *((rule["alert"], rule["expr"]) for rule in rules())]


def kinds() -> dict[str, tuple[str, set[str]]]:
    """Every series that Prometheus gets: its kind and its labels."""
    found = {name: (kind, set[str]()) for name, kind in PROCESS.items()}
    for metric in exporter.load():
        labels = set(metric.labels)
        if metric.kind == "counter":
            found[f"{metric.name}_total"] = ("counter", labels)
        elif metric.kind == "gauge":
            found[metric.name] = ("gauge", labels)
        else:
            found[f"{metric.name}_bucket"] = ("counter", labels | {"le"})
            found[f"{metric.name}_sum"] = found[f"{metric.name}_count"] = ("counter", labels)
    return found


def tokens(expression: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(expression.rstrip()):
        found = TOKENS.match(expression, at)
        assert found, f"no PromQL: {expression[at:]!r}"
        at = found.end()
        yield str(found.lastgroup), found.group(str(found.lastgroup))


def test_there_are_expressions_for_every_part() -> None:
    rows = [panel["title"] for panel in dashboard()["panels"] if panel["type"] == "row"]
    assert rows == ["Readers", "Machines", "Database", "Realtime", "Background", "Files"]
    assert len(expressions()) >= 50


Token = tuple[str, str]


def names(read: list[Token]) -> Iterator[tuple[int, str, str]]:
    """Give each name with its place and what the brackets around it belong to."""
    calls: list[str] = []
    for place, (kind, text) in enumerate(read):
        if text == "(":
            before = read[place - 1] if place else ("", "")
            calls.append(before[1] if before[0] == "name" else "")
        elif text == ")":
            assert calls, "a bracket too many"
            calls.pop()
        elif kind == "name":
            yield place, text, calls[-1] if calls else ""
    assert not calls, "a bracket too few"


def asked(read: list[Token]) -> Iterator[tuple[int, str, str]]:
    """Give the metrics that an expression names; its functions are ones that there are."""
    for place, text, inner in names(read):
        after = read[place + 1][1] if place + 1 < len(read) else ""
        if text == "by":
            assert after == "("
        elif inner == "by":
            continue
        elif after in ("(", "by"):
            assert text in FUNCTIONS, text
        else:
            yield place, text, inner


@pytest.mark.parametrize(("where", "expression"), expressions(), ids=lambda value: str(value)[:40])
def test_an_expression_names_what_there_is(where: str, expression: str) -> None:
    known, read = kinds(), list(tokens(expression))
    labels: set[str] = set()
    for place, text, inner in asked(read):
        assert text in known, f"{text} is no metric: see docs/metrics.md"
        kind, its = known[text]
        labels |= its
        rest = [*read[place + 1 : place + 3], ("", ""), ("", "")]
        if rest[0][0] == "labels":
            pairs = re.findall(r'([a-z]+)(?:=~|!=|=)"[^"]+"', rest.pop(0)[1])
            assert pairs
            assert set(pairs) <= its, f"{text} has no labels {set(pairs) - its}"
        assert (inner in OF_COUNTERS) == (kind == "counter"), f"{inner}({text})"
        assert (rest[0][0] == "range") == (inner in OF_RANGES), f"{inner}({text})"
    for grouped in re.findall(r"by \(([^)]*)\)", expression):
        wanted = {each.strip() for each in grouped.split(",")}
        assert wanted <= labels | TARGET, f"{where}: {wanted - labels - TARGET}"
    if "histogram_quantile" in expression:
        assert "_bucket" in expression
        assert re.search(r"by \(le\b", expression), where


def test_no_label_is_one_that_fly_writes_over() -> None:
    """Its Prometheus sets these by itself (Fly's document on metrics)."""
    taken = {"app", "region", "host", "instance"}
    assert not taken & set().union(*(set(metric.labels) for metric in exporter.load()))


def test_values_that_rules_ask_for_are_ones_that_the_program_counts() -> None:
    """A label's value has no list of its own: it stands in the code that counts."""
    code = "".join(
        path.read_text()
        for folder in ("esensi", "realtime", "sites", "storage")
        for path in (ROOT / folder).rglob("*.py")
    )
    for where, expression in expressions():
        for label, value in re.findall(r'(\w+)=~?"([^"]+)"', expression):
            for each in value.split("|"):
                if label not in ("status", "error"):
                    assert f'"{each}"' in code, f"{where}: nothing counts {label}={each}"


def test_legends_and_words_name_labels_that_are_left() -> None:
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            legend = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            kept = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", target["expr"]))))
            aggregates = re.search(r"\b(?:sum|max)\b", target["expr"])
            assert legend <= (kept if aggregates else TARGET), panel["title"]


def test_panels_lie_beside_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    numbers = [panel["id"] for panel in dashboard()["panels"]]
    assert len(numbers) == len(set(numbers))
    for panel in dashboard()["panels"]:
        grid = panel["gridPos"]
        assert grid["x"] + grid["w"] <= 24
        place = {
            (x, y)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not taken & place, panel["title"]
        taken |= place


def test_a_rule_says_what_happened_how_bad_it_is_and_what_to_do() -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(names) == len(set(names)) >= 12
    for rule in rules():
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert re.search(r"[<>]", rule["expr"]), rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert set(rule["annotations"]) == {"summary", "todo"}
        assert rule["annotations"]["summary"].endswith(".")
        assert re.fullmatch(r"\d+[mh]", rule.get("for", "1m"))


def test_commands_in_rules_exist() -> None:
    from tests.fly.test_docs import FLY, TARGETS, words

    for rule in rules():
        for line in re.findall(r"`((?:fly|make|manage\.py) [^`]+)`", rule["annotations"]["todo"]):
            given = words(line)
            if given[0] == "fly":
                assert any(" ".join(given[1 : 1 + length]) in FLY for length in (1, 2)), line
            elif given[0] == "make":
                assert given[1] in TARGETS, line
            else:
                from django.core.management import get_commands

                assert given[1] in get_commands(), line


@pytest.mark.parametrize(
    "wrong",
    [
        "sum(rate(http_reqests_total[5m]))",
        "sum(http_requests_total)",
        "rate(realtime_sockets[5m])",
        'sum(rate(http_requests_total{code="500"}[5m]))',
        "sum by (room) (rate(http_requests_total[5m]))",
        "sum(rate(http_requests_total[5m])",
        "histogram_quantile(0.5, sum(rate(job_seconds_bucket[5m])))",
        "average(realtime_sockets)",
        "rate(http_requests_total)",
        "sum(rate(http_requests_total[5 minutes]))",
    ],
)
def test_this_reading_finds_what_is_wrong(wrong: str) -> None:
    with pytest.raises(AssertionError):
        test_an_expression_names_what_there_is("tried", wrong)
