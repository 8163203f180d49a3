"""Pages of a list that do not cost more in a large house."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core import paginator

if TYPE_CHECKING:
    Paginator = paginator.Paginator[Any]
else:
    Paginator = paginator.Paginator

#: A hundred pages of fifty: whoever looks further back searches or filters. Counting every row
#: would make each page of a list as slow as the house is large.
ROWS_COUNTED = 5000


class AtLeast(int):
    """A number that was not counted to its end, and says so."""

    def __str__(self) -> str:
        return f"{int(self)}+"


class FirstPages(Paginator):
    """Counts up to ``ROWS_COUNTED`` rows; what comes after them is found by searching."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        found: int = rows.order_by()[: ROWS_COUNTED + 1].count()
        return found if found <= ROWS_COUNTED else AtLeast(ROWS_COUNTED)
