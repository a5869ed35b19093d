"""textual-image is under the LGPL: it goes into the bundle as plain source files, so that whoever has the bundle can
replace it, as that licence wants."""

module_collection_mode = "py"
