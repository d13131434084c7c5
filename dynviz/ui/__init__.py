"""The Streamlit app: thin pages over `api` and `figures`. Only it and app.py know Streamlit; torch is met through the api."""
