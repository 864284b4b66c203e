"""From the page's facts to HTML; nothing here asks the database."""
