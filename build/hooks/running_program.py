"""Runs in the frozen program before all else: it goes on reading its modules from the file that runs, even after an upgrade
has put another in that file's place. PyInstaller opens it by its path each time a module is first imported."""

import os
import sys

if os.access("/proc/self/exe", os.R_OK):  # Linux
    sys.modules["pyimod02_importers"].pyz_archive._filename = "/proc/self/exe"
