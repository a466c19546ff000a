"""Volumes: how much comes from each source, hour by hour, and whether that is as much as it used to be.

Hours are whole numbers, counted from 1970-01-01T00:00Z. What is expected is learned for each hour of the week, which
begins on Monday at 0:00 UTC; a silence is measured in the articles that were expected in it.
"""
