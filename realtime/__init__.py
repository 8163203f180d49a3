"""Realtime on PostgreSQL alone: the channel layer, streams, presence, connections and placement.

Imports nothing of Esensi, so that it can be installed in another project.
"""
