"""The commonest tasks of a technician, as the keys that do them: walked through by tests, counted for the guide."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """Keys that are pressed one after the other (names as tmux has them), or a `text` that is typed; then `seen` stands on the screen."""

    keys: tuple[str, ...] = ()
    text: str = ""
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A task with its strokes, from the open question line of a fresh start on the demo pack."""

    task: str
    strokes: tuple[Stroke, ...]

    @property
    def pressed(self) -> int:
        """Keys beside the text."""
        return sum(len(stroke.keys) for stroke in self.strokes)

    @property
    def typed(self) -> int:
        """Letters of the text."""
        return sum(len(stroke.text) for stroke in self.strokes)


WALKS = (
    Walk(
        task="Look a fault code up",
        strokes=(Stroke(text="E07", seen="Engine does not start after 3 attempts"),),
    ),
    Walk(
        task="Find a torque and the page it stands on",
        strokes=(
            Stroke(text="oil drain plug torque", seen="places in the manuals"),
            Stroke(keys=("Enter",), seen="Quoted from"),
            Stroke(keys=("Enter",), seen="Table 7-4: Tightening torques"),
        ),
    ),
    Walk(
        task="See the wiring diagram on the whole screen",
        strokes=(
            Stroke(text="wiring diagram", seen="places in the manuals"),
            Stroke(keys=("Enter",), seen="Figures"),
            Stroke(keys=("Down",), seen="Esc Question"),
            Stroke(keys=("g", "Enter"), seen="+ Closer"),
        ),
    ),
    Walk(
        task="Carry a procedure out, up to its first tick",
        strokes=(
            Stroke(text="change the engine oil", seen="places in the manuals"),
            Stroke(keys=("Enter",), seen="Quoted from"),
            Stroke(keys=("Down",), seen="s Step by step"),
            Stroke(keys=("s",), seen="I have read this"),
            Stroke(keys=("Enter",), seen="Read and understood"),
            Stroke(keys=("Enter",), seen="Step 1 of 13"),
            Stroke(keys=("Enter",), seen="Enter again goes on without"),
            Stroke(keys=("Enter",), seen="Step 2 of 13"),
        ),
    ),
    Walk(
        task="Take a reading that is checked against its limits",
        strokes=(
            Stroke(keys=("F4", "Enter"), seen="Which procedure?"),
            Stroke(text="engine oil", seen="8.2 Change the engine oil"),
            Stroke(keys=("Enter",), seen="I have read this"),
            Stroke(keys=("Enter",), seen="Read and understood"),
            Stroke(keys=("Enter",), seen="Step 1 of 13"),
            Stroke(keys=("r",), seen="Expected: 60 °C or more"),
            Stroke(text="52", seen="52"),
            Stroke(keys=("Enter",), seen="expected 60 °C or more: LOW"),
        ),
    ),
    Walk(
        task="Set the machine",
        strokes=(
            Stroke(keys=("F6",), seen="Any machine"),
            Stroke(keys=("Down", "Enter"), seen="Serial number of Halden GS-40"),
            Stroke(text="GS40-0117", seen="GS40-0117"),
            Stroke(keys=("Enter",), seen="Halden GS-40 · GS40-0117"),
        ),
    ),
    Walk(
        task="Search a manual for an exact mark",
        strokes=(
            Stroke(keys=("F3",), seen="Service Manual"),
            Stroke(keys=("Enter",), seen="Maintenance"),
            Stroke(keys=("/",), seen="Enter Go there"),
            Stroke(text="K2", seen="places in"),
            Stroke(keys=("Enter",), seen="6.6 Emergency stop and restart"),
        ),
    ),
    Walk(
        task="Note something into the job",
        strokes=(
            Stroke(keys=("F5", "n"), seen="Note"),
            Stroke(text="sealing ring renewed", seen="sealing ring renewed"),
            Stroke(keys=("Enter",), seen="Noted."),
        ),
    ),
    Walk(
        task="Hand the job's report in as PDF",
        strokes=(
            Stroke(text="E07", seen="Engine does not start"),
            Stroke(keys=("Enter",), seen="Quoted from"),
            Stroke(keys=("F5",), seen="asked"),
            Stroke(keys=("e",), seen="PDF, to print and to send"),
            Stroke(keys=("Enter",), seen="Written:"),
        ),
    ),
    Walk(
        task="Ask again what was asked before",
        strokes=(
            Stroke(text="E07", seen="in the manuals"),
            Stroke(keys=("Enter",), seen="Found in the manuals"),
            Stroke(keys=("Escape",), seen="Question,"),
            Stroke(keys=("Up",), seen="E07"),
        ),
    ),
)
