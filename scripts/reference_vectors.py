"""Writes what sentence-transformers makes of fixed sentences, in float32: tests/reference_vectors.json for the embedded
model, tests/family_vectors.json for a small random model of every family (tests/models.py).

    PYTHON scripts/reference_vectors.py [MODEL_FOLDER]

PYTHON is an authors' reference environment (requirements/reference.in), MODEL_FOLDER the published model; without it only
the families are written. The tests compare the device's embedder with these vectors, so they need neither torch nor the
90 MB of the original.
"""

import base64
import json
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np

SENTENCES = [
    "Check the engine oil level with the machine on level ground.",
    "Tighten the cylinder head bolts to 85 N m in three steps.",
    "The low oil pressure alarm stops the engine after three seconds.",
    "How do I bleed the fuel system?",
    "what does code E-204 mean",
    "WARNING: Rotating fan. Keep hands and clothing away.",
    "Disconnect the negative battery terminal first.",
    "Set the float voltage to 13.8 V and the bulk voltage to 14.4 V.",
    "Coolant must not be opened while the engine is hot.",
    "Replace the air filter every 500 operating hours, or every 250 in dusty conditions.",
    "pump makes a grinding noise",
    "The relay K2 switches the transfer pump.",
    "Fault: no output voltage. Cause: residual magnetism lost. Remedy: flash the field.",
    "Part number HG120-4410, gasket, rocker cover, quantity 1.",
    "Connect the earth cable before any load cable.",
    "The belt deflection must be between 8 and 12 mm.",
    "Store the unit dry, at temperatures from -20 to 50 degrees Celsius.",
    "The frequency drifts when a large motor starts.",
    "Lift the set only by the central lifting eye.",
    "Use coolant with 50 % ethylene glycol.",
    "In case of fire, press the emergency stop and use a dry powder extinguisher.",
    "The display shows nothing although the key is in position I.",
    "Measure the insulation resistance with a 500 V tester.",
    "Valve clearance, cold: inlet 0.25 mm, exhaust 0.35 mm.",
    "The exhaust smoke is blue.",
    "Drain water from the fuel pre-filter daily.",
    "Torque",
    "How often must the coolant hoses be replaced?",
    "Firmware 2.4 corrects the clock after a loss of power.",
    "The solar charge controller disconnects the load below 11.2 V.",
    "Solder bridges between the pins of the microcontroller cause a short circuit of the 3.3 V rail.",
    "Insert the bus terminator at both ends of the CAN line.",
    "Calibrate the soil moisture sensor in air and in water.",
    "Weather band reception needs an antenna of at least one metre.",
    "Die Batterie muss vor dem Ausbau abgeklemmt werden.",
    "Remplacez le filtre à huile toutes les 250 heures.",
    "The quick brown fox jumps over the lazy dog.",
    "Lock out and tag out the main switch; verify the absence of voltage with a tester that was proved just before.",
    "Grease the bearing. " * 60,
    (
        "Turn the adjusting screw clockwise in steps of a quarter turn, wait until the speed is stable, read the frequency "
        "on the panel, and repeat until 51.5 Hz is shown without load; then lock the nut, seal it with paint, and enter the "
        "value, the date and the operating hours into the log book of the generating set."
    ),
]


TESTS = Path(__file__).parent.parent / "tests"


def main(folder: str | None) -> None:
    if folder:
        about = {"model": "all-MiniLM-L6-v2", "sentences": SENTENCES}
        _write("reference_vectors.json", about | _encode(folder, SENTENCES))
    sys.path.insert(0, str(TESTS))
    from models import MODELS, TEXTS, write_model

    with tempfile.TemporaryDirectory() as scratch:
        found = {
            name: _encode(str(write_model(Path(scratch) / name, family, **options)), TEXTS)
            for name, (family, options) in MODELS.items()
        }
    _write("family_vectors.json", {"by": f"sentence-transformers {version('sentence-transformers')}", "models": found})


def _encode(folder: str, sentences: Sequence[str]) -> dict[str, object]:
    """Half precision keeps the file small and its error is a hundredth of what is tested."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(folder, device="cpu", local_files_only=True)
    vectors = model.encode(list(sentences), normalize_embeddings=True)
    packed = base64.b64encode(np.asarray(vectors, dtype="<f2").tobytes()).decode("ascii")
    return {"type": "float16 little-endian, base64", "shape": list(vectors.shape), "vectors": packed}


def _write(name: str, content: dict[str, object]) -> None:
    (TESTS / name).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.stdout.write(f"{TESTS / name} is written\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
