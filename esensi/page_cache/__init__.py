"""Pages for strangers from memory: docs/page-cache.md."""
