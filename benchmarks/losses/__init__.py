"""What is lost and repeated under faults: `make bench-losses`. A careful Celery chain and Wireroom, side by side."""
