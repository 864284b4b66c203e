"""Every named report, and what analysts ask of the views, on a large database that is made up."""
