"""How a person reads: kept with the account, and in a cookie for those without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sites.accounts.models import Face, Measure, Theme, User
from sites.accounts.models.user import LARGEST_SIZE, SMALLEST_SIZE, USUAL_SIZE


@dataclass(frozen=True)
class ReadingSettings:
    """Paper, typeface, size in CSS pixels, width of the column."""

    theme: str = Theme.DEVICE.value
    face: str = Face.LITERATA.value
    size: int = USUAL_SIZE
    measure: str = Measure.MEDIUM.value

    @classmethod
    def of(cls, user: User) -> ReadingSettings:
        return cls(user.theme, user.face, user.size, user.measure)

    @classmethod
    def parse(
        cls, values: Mapping[str, Any], usual: ReadingSettings | None = None
    ) -> ReadingSettings:
        """Read settings from a form or a cookie; what is unknown or out of range stays as usual."""
        usual = usual or cls()
        size = str(values.get("size", ""))
        return cls(
            theme=_known(Theme.values, values.get("theme"), usual.theme),
            face=_known(Face.values, values.get("face"), usual.face),
            size=min(max(int(size), SMALLEST_SIZE), LARGEST_SIZE)
            if size.isascii() and size.isdigit() and len(size) < 4
            else usual.size,
            measure=_known(Measure.values, values.get("measure"), usual.measure),
        )

    @classmethod
    def from_cookie(cls, cookie: str) -> ReadingSettings:
        """Read what ``to_cookie`` wrote; anything else gives the usual settings."""
        parts = cookie.split(".")
        if len(parts) != 4:
            return cls()
        return cls.parse(dict(zip(("theme", "face", "size", "measure"), parts, strict=True)))

    def to_cookie(self) -> str:
        return ".".join(str(value) for value in asdict(self).values())


def _known(choices: list[str], value: Any, usual: str) -> str:
    return value if value in choices else usual
