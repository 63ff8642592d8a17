"""From notebooks to pages: run a notebook (engine), run them all (run), make a page (page, scan), publish (site)."""
