"""The man page and the completions of shells, from the command line's own declaration.

python commands.py FOLDER        (with fieldfare importable; scripts/bundle runs it)
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command: its words (`pack install`), what it says of itself, its options and the words that may follow."""

    path: str
    help: str
    usage: str
    options: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    below: tuple[str, ...]


def walk(parser: argparse.ArgumentParser, path: str = "", about: str = "") -> list[Command]:
    """A parser and all below it, in the order of their declaration."""
    options, flags, below = [], [], []
    children: list[tuple[str, str, argparse.ArgumentParser]] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            said = {one.dest: one.help or "" for one in action._choices_actions}
            children += [(name, said.get(name, ""), child) for name, child in action.choices.items()]
            below += [name for name, _, _ in children]
        elif action.help is not argparse.SUPPRESS:
            metavar = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
            takes = "" if action.nargs == 0 else f" {metavar}"
            name = f"{', '.join(action.option_strings)}{takes}" if action.option_strings else metavar
            flags += action.option_strings
            options.append((name, (action.help or "") % {"default": action.default, "prog": "fieldfare"}))
    usage = " ".join(parser.format_usage().split()).removeprefix("usage: ")
    found = [
        Command(path=path, help=about or parser.description or "", usage=usage, options=tuple(options), flags=tuple(flags),
                below=tuple(below))
    ]  # fmt: skip
    for name, said, child in children:
        found += walk(child, f"{path} {name}".strip(), said)
    return found


def manual(commands: list[Command], version: str) -> str:
    """The page in roff."""
    lines = [f'.TH FIELDFARE 1 "" "Fieldfare {version}" ""', ".SH NAME", "fieldfare \\- answers from the manuals of your machine, without any network",
             ".SH SYNOPSIS", ".B fieldfare", roff(commands[0].usage.removeprefix("fieldfare ")), ".SH DESCRIPTION", roff(commands[0].help),
             ".SH OPTIONS"]  # fmt: skip
    for name, said in commands[0].options:
        lines += [".TP", f".B {roff(name)}", roff(said)]
    lines.append(".SH COMMANDS")
    for one in commands[1:]:
        lines += [f".SS fieldfare {roff(one.path)}", roff(one.help), ".br", roff(one.usage)]
        for name, said in one.options:
            if name != "-h, --help":
                lines += [".TP", f".B {roff(name)}", roff(said)]
    lines += [".SH FILES",
              ".TP", ".I ~/.config/fieldfare/settings.toml", "what this user decided",
              ".TP", ".I ~/.local/share/fieldfare", "what this user installed and wrote",
              ".TP", ".I /etc/fieldfare/fleet.toml", "what IT decided for all users",
              ".TP", ".I /var/lib/fieldfare", "packs, languages and keys for all users",
              ".SH EXIT STATUS",
              ("0 done or answered; 10 not in the manuals; 2 usage; 3 source; 4 pack; 5 model; 6 storage; 11 a pack that does not pass; "
              "20 the processor; 21 the C library; 22 memory; 23 disk space; 70 a fault; 130 stopped.")]  # fmt: skip
    return "\n".join(lines) + "\n"


def roff(text: str) -> str:
    """A text as roff prints it."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def table(commands: list[Command], line: str) -> str:
    """For each command a line of a shell with its words and what may follow them."""
    return "\n".join(line.format(path=one.path, words=" ".join((*one.below, *one.flags))) for one in commands)


def bash(commands: list[Command]) -> str:
    """The completion of bash."""
    cases = table(commands, "        '{path}') echo '{words}' ;;")
    return f"""# bash completion of fieldfare
_fieldfare_words() {{
    case "$1" in
{cases}
    esac
}}
_fieldfare() {{
    local word path=
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case "$word" in -*) continue ;; esac
        case " $(_fieldfare_words "$path") " in *" $word "*) path="${{path:+$path }}$word" ;; esac
    done
    COMPREPLY=($(compgen -W "$(_fieldfare_words "$path")" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _fieldfare fieldfare
"""


def zsh(commands: list[Command]) -> str:
    """The completion of zsh."""
    cases = table(commands, "        '{path}') echo '{words}' ;;")
    return f"""#compdef fieldfare
_fieldfare_words() {{
    case "$1" in
{cases}
    esac
}}
local word place=
for word in ${{words[2,CURRENT-1]}}; do
    case "$word" in -*) continue ;; esac
    case " $(_fieldfare_words "$place") " in *" $word "*) place="${{place:+$place }}$word" ;; esac
done
compadd -- $(_fieldfare_words "$place")
_files
"""


def fish(commands: list[Command]) -> str:
    """The completion of fish."""
    cases = table(commands, "        case '{path}'\n            string split ' ' -- '{words}'")
    return f"""# fish completion of fieldfare
function __fieldfare_words
    switch "$argv[1]"
{cases}
    end
end
function __fieldfare_complete
    set -l place ''
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and continue
        if contains -- $word (__fieldfare_words "$place")
            set place (string trim "$place $word")
        end
    end
    __fieldfare_words "$place"
end
complete -c fieldfare -a '(__fieldfare_complete)'
"""


def main(folder: Path) -> None:
    """Write all of them."""
    from fieldfare import __version__, catalogue, cli

    catalogue.use("en")
    commands = walk(cli._parser())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fieldfare.1").write_text(manual(commands, __version__), "utf-8")
    for name, text in (
        ("completion.bash", bash(commands)),
        ("_fieldfare", zsh(commands)),
        ("fieldfare.fish", fish(commands)),
    ):
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
