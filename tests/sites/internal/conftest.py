from __future__ import annotations

import pytest

from tests.sites.desk.people import SmallHouse, small_house


@pytest.fixture
def house(db: None) -> SmallHouse:
    return small_house()
