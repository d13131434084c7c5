"""Deploying: the files of deploy/, and the app as it is served."""
