"""The broker: Celery and Redis as producer and workers both use them."""
