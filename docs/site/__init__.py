"""What makes a site of the pages: links that leave docs/, files they lead to, the reference."""
