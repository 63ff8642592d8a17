"""Pictures of bars, lines, points, spans and tiles, with words that find room, written as SVG.

Nothing here knows what a figure means: a chart (``charts/``) says what is drawn, and in which words.  A panel is told a
width, says how tall it becomes, and is drawn there.
"""
