"""How the office looks: a desk in charcoal, and always the name of the environment."""

from __future__ import annotations

from sites.desk.look import environment_badge, unfold_settings

UNFOLD = unfold_settings(room="internal", ground="#EDEEF4", badge=environment_badge)
