"""`make cluster`: the site on several machines, played by processes of one, some of which are killed during a rush."""
