"""Formats: what a source can be, read without any network: feeds, sitemaps, the pages that lead to them, OPML."""
