"""Pages for readers who are signed in: drawn once for all of them, with holes for what is one person's
(docs/page-cache.md)."""
