"""Procedures step by step: what the manual prints, in its order, with what follows from it by rule and never by guess.

`steps` makes a `Procedure` of its sections, `readings` finds what a step wants measured and judges what was, `durations` what
it wants waited for, `lists` what is needed for all of it, `course` is how far somebody is, `underway` finds where he left it, `words` says readings.
"""
