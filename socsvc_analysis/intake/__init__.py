"""A received file becomes observations and rejected rows; nothing is lost.

The way of one file, each step in the module of its name:

1. ``store.import_file`` takes the bytes (:class:`~socsvc_analysis.intake.change.ReceivedFile`).
2. ``workbook.opened`` makes them :class:`~socsvc_analysis.intake.workbook.Sheet`: cells as text, whatever program wrote
   them (``text``, ``excel``, ``old_excel``, ``opendocument``, ``signed``); ``personal`` refuses data about persons.
3. ``reading.read_tables`` finds the tables of each sheet and reads them
   (:class:`~socsvc_analysis.intake.received.ReceivedTable`): ``layout`` finds headers, ``headings`` and ``phrases`` say
   what they mean, ``labels_around_tables`` what is said above a table, ``table`` reads cells as keys and numbers.
4. ``rules.apply_rules`` makes the rows :class:`~socsvc_analysis.intake.figures.Figures` (``subjects`` says what each is
   about), checks them, adds up what is broken down (``parts``) and gives an
   :class:`~socsvc_analysis.intake.result.ImportResult`: figures that are accepted, rows that are rejected with every
   reason, duplicates.
5. ``change.Change`` says which files of the data package change, ``letter.Letter`` what goes back to the sender, and
   ``outcome.ImportReport`` what whoever imported the file is told.

Whatever is wrong is a :class:`~socsvc_analysis.schema.Problem` whose sentence is one of ``messages/*.toml``
(:class:`~socsvc_analysis.sentences.Sentence`), so that it is said in either language and has a name: its key.
"""
