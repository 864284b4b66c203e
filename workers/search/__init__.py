"""Search by meaning: the vectors of all clauses, and what is nearest to a query."""
