"""Labels of the user's own, which no model was trained for."""
