"""The demonstration's content: invented articles as plain text, and a small news site to fetch from."""
