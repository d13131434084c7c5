"""The Trade-off page in parts: its data (`board`, no Streamlit), what it looks at (`view`), and a file for each section."""
