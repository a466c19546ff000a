"""Drift: whether parse still finds in a source's articles what it used to find, told from the articles alone.

Articles are measured in windows, in the order of their events, and each full window is compared with those before it.
"""
