"""Where the bytes of an input are: a file, a member of an archive, something on the network."""
