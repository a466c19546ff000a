"""What Wireroom costs: `make bench`. It, a bare loop and a Celery chain do the same work on the same servers."""
