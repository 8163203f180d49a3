"""Files on Tigris, R2, S3 or in a folder: public and private files, direct uploads, derivatives.

Imports nothing of Esensi, so that it can be installed in another project.
"""
