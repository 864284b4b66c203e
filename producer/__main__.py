"""`python -m producer`: the console, where the `triage` script is not on the PATH."""

from producer.start import main

main()
