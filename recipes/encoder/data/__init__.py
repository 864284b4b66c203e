"""Training data of the shared encoder: public sets, each read into the form of its task.

The folder of data is no part of the project; NOTICE names the sets, their authors and licences.
"""
