"""Ingest: fetches pages, politely and safely."""
