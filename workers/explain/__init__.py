"""Why a document has its label: what each of its sentences adds."""
