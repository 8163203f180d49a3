"""Whose letter stands large on the cover."""

import pytest

from sites.books.covers.lettering import title_lettering
from sites.books.covers.plates.inisial import initial


@pytest.mark.parametrize(
    ("title", "letter"),
    [
        *(("Jejak", "J"), ("The Waste Land", "W"), ("si Doel", "D"), ("A", "A"), ("“Élan”", "É")),
        *(("1984", "1"), ("???", "?"), ("ßein", "ß"), ("война", "В")),
    ],
)
def test_an_article_is_nobodys_initial(title: str, letter: str) -> None:
    assert initial(title, title_lettering(rtl=False)) == letter
