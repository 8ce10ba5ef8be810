"""A release: all that an installation needs, in one folder, the same bytes from whichever machine.

=================  =================================================================================================
``preconditions``  what has to be so before a release is made of a commit, and what people are told of it
``source``         the files of the commit alone: nothing that merely lies in the folder gets into a release
``contents``       which files a release has, and their names
``wheel``          the command line ``tflocks``
``sbom``           what the code is made of (CycloneDX)
``packing``        whether this machine packs zips into the bytes that every other one makes
=================  =================================================================================================
"""
