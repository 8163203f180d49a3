"""Every part of the configuration, tried for real: what `manage.py doctor` asks."""
