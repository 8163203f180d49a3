"""``python -m tests.migrations``: can the former release still work on what the migrations leave?

Old and new instances run side by side during a deployment, so migrations only expand; what they no
longer need goes a release later. The first migrations of an app create it and are left out.
"""

from __future__ import annotations

import os
import sys

import django
from django_migration_linter import MigrationLinter

from esensi import postgres
from tests.journeys.server import ROOT

OURS = ["accounts", "books", "community", "esensi_sites"]
#: What the linter finds there, and why it does no harm.
KNOWN = {
    "0007_highlights_and_reviews": "unique constraints on a table that 0006 makes, in the same release",
}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esensi.settings")
    with postgres.join(ROOT):
        django.setup()
        linter = MigrationLinter(
            str(ROOT),
            include_apps=OURS,
            ignore_initial_migrations=True,
            no_cache=True,
            ignore_name=list(KNOWN),
            analyser_string="postgresql",  # ours says only what it is made of
        )
        linter.lint_all_migrations()
        linter.print_summary()
    return 1 if linter.has_errors else 0


if __name__ == "__main__":
    sys.exit(main())
