"""The page: what was found in feedback, as one HTML file for whoever decides what to do about it.

`read_page` reads the facts, with ids of the texts behind each figure; `drawing` makes HTML of them
and asks the database nothing. So the same templates serve a file and a server.
"""
