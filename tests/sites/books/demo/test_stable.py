from __future__ import annotations

import re

from sites.books.demo.stable import stable_ids, stable_name


def test_names_depend_on_the_seed_alone() -> None:
    assert stable_name("a/1", 12) == "o4zdfk7jgq7q"
    assert stable_name("a/1", 12) != stable_name("a/2", 12)


def test_ids_have_the_form_of_a_paragraphs() -> None:
    one, other = stable_ids("a/1"), stable_ids("a/1")
    ids = [one() for _number in range(100)]
    assert ids == [other() for _number in range(100)]
    assert len(set(ids)) == 100
    assert all(re.fullmatch(r"p-[a-z2-7]{8}", drawn) for drawn in ids)
