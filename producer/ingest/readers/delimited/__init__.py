"""CSV and its kin: what cuts rows, what quotes fields, and where the header is."""
