"""Live sources: what public statistics offices answer, kept as snapshots and read from there.

Nothing is fetched unless somebody asks for it; every later step reads the snapshot, so a page never depends on the
network.  :mod:`~socsvc_analysis.sources.fetching` is the way in.
"""
