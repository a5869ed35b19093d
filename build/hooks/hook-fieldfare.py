"""Fieldfare's own data on the device: the screen's style sheet, the page of an evaluation, the message catalogues. (`pack/schema.sql` serves only those who build packs.)"""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("fieldfare", includes=["tui/*.tcss", "locale/**/*.mo", "html_page.css", "evaluation/*.html"])
