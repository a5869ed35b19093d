"""Builds packs from manuals. Not in the device bundle."""
