"""How the writing desk looks: paper and pandan."""

from __future__ import annotations

from sites.desk.look import badge_outside_production, unfold_settings

UNFOLD = unfold_settings(room="publish", ground="#FCFBF8", badge=badge_outside_production)
