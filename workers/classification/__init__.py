"""What analyses with an encoder share."""
