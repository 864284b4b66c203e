"""What answers a request, a page a file."""
