"""What analyses that write share."""
