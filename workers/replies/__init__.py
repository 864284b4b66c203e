"""Drafts of replies: from the user's own library, or by a model that writes."""
