"""Fieldfare itself: every module of the device, because rooms of the screen and engines are imported by name when they are
needed, and its own data: style sheets, message catalogues, the pages of reports. (`pack/schema.sql` serves only those who build packs.)"""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

hiddenimports = [
    *collect_submodules("fieldfare", filter=lambda name: not name.startswith("fieldfare.ingest")),
    *collect_submodules("snowballstemmer"),  # fieldfare.stems imports the one of a language by its name
]
datas = collect_data_files(
    "fieldfare",
    includes=[
        "**/*.tcss",
        "**/*.css",
        "evaluation/*.html",
        "report/*.html",
        "report/fonts/*",
        "locale/*/LC_MESSAGES/*.mo",
    ],
)
