"""Charts as Vega-Lite specifications: plain dictionaries, one function a chart.

Every chart is a function of data (`render.pictures`), words in a language, and a look. What a
specification says is drawn by `picture`, or by the same library in a browser. Words of charts pass
through `_`, so that `xgettext` finds them.
"""
