"""The pages: thin scripts, run top to bottom by Streamlit."""
