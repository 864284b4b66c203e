"""Times: when feedback was written, as exports write it, read as UTC."""
