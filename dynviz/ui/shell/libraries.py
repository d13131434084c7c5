"""Libraries that others import when first needed, or look for among what is imported: here they are imported before any page is drawn.

Streamlit runs each visitor's script in a thread of its own. Plotly looks whether pandas and Pillow are there, and does not wait until they
are whole: one visitor's table, which imports pandas, would break another's picture. Whoever imports this module first does the work, and
all others wait for it.
"""

import pandas
import PIL.Image
import pyarrow.csv
import pyarrow.parquet

WHOLE = (pandas, PIL.Image, pyarrow.csv, pyarrow.parquet)
