"""Static files under hashed names, the names under which our modules import one another included."""

from typing import ClassVar

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Without this a module that is both a script of the page and imported by another would be loaded twice, under two
    names, each with a state of its own. Other people's files are left alone: comments in some of them look like
    imports of files that aren't there.
    """

    # Our modules import one another two deep, and their own names change with what they import.
    max_post_process_passes = 12
    patterns: ClassVar = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
