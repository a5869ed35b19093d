"""Fieldfare: an offline assistant that answers from the manuals of a machine."""

__version__ = "0.1.0"
