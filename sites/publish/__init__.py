"""The workbench of authors and editors."""
