"""How long tests wait for what is sure to come: a slow machine fails none of them."""

PATIENCE = 300.0
"""Seconds, after which a test that waits in vain says so."""
