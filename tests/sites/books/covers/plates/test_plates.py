"""The ten plates, and the titles that suit them."""

from sites.books.covers.plates import PLATES


def names(title: str, *, rtl: bool = False) -> set[str]:
    return {plate.name for plate in PLATES if plate.suits(title, rtl=rtl)}


ALL = {plate.name for plate in PLATES}


def test_there_are_ten() -> None:
    assert len(ALL) == 10


def test_a_short_title_suits_all() -> None:
    assert names("Jejak") == ALL


def test_letters_that_join_make_no_picture() -> None:
    assert names("ليلى", rtl=True) == ALL - {"inisial", "aksara"}


def test_without_letters_there_is_no_picture_of_letters() -> None:
    assert names("") == ALL - {"inisial", "aksara"}


def test_a_long_title_gets_room() -> None:
    assert names("x" * 300) == {"lurik", "tumpal"}
