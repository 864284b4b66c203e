"""The machine: threads, memory, devices."""
