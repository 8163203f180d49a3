"""Who sees which part of the office. What is changed there is decided by the actions."""

from __future__ import annotations

from sites.accounts.models import Person, User
from sites.accounts.roles import BACK_OFFICE, EDITOR, MANAGER, RUN_THE_HOUSE


def reads_submissions(user: Person) -> bool:
    """Does this person see what authors have submitted? Who decides on books, on any of them."""
    return isinstance(user, User) and user.is_one_of(EDITOR, MANAGER)


def works_in_back_office(user: Person) -> bool:
    """Does this person see lists here at all, as far as their rights go? Editors come for the
    approvals alone: their books lie on the writing desk."""
    return isinstance(user, User) and user.is_one_of(*BACK_OFFICE)


def runs_the_house(user: Person) -> bool:
    """Does this person change books here? The other roles look."""
    return isinstance(user, User) and user.is_one_of(*RUN_THE_HOUSE)
